"""Lists built with public paging libraries, each with the OpenAPI document that its library generates.

They prove the judge on software that it was not made with: correct lists that it has to pass, and known bugs of these
libraries that a law has to find. The libraries are the extra ``libraries``.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.judge.libraries.django_settings")
