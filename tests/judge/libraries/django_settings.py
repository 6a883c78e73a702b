"""The settings of the Django site, named by ``DJANGO_SETTINGS_MODULE``."""

ALLOWED_HOSTS = ["*"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
INSTALLED_APPS = ["rest_framework", "drf_spectacular"]
LOGGING_CONFIG = None
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
ROOT_URLCONF = "tests.judge.libraries.django_urls"
SECRET_KEY = "of a test"
SPECTACULAR_SETTINGS = {"TITLE": "Books", "VERSION": "1"}
TIME_ZONE = "UTC"
USE_TZ = True
