"""What every command has in common."""

from __future__ import annotations

SETTINGS = {
    "auto_envvar_prefix": "MOCKSERVER",
    "show_default": True,
    "help_option_names": ["-h", "--help"],
    "max_content_width": 100,
}
"""How click reads a command: each option also by an environment variable, and every default shown."""
