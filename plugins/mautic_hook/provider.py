"""What Airflow must know to show forms for connections of type `mautic` and `wpms`."""

from __future__ import annotations

from typing import Any


def get_provider_info() -> dict[str, Any]:
    """The provider metadata; found by the entry point `apache_airflow_provider`."""
    return {
        "package-name": "course-cohorts",
        "name": "Course cohorts",
        "description": "Runs a course network's cohorts with Mautic and WordPress Multisite.",
        "connection-types": [
            {
                "connection-type": "mautic",
                "hook-name": "Mautic",
                "hook-class-name": "mautic_hook.hook.MauticHook",
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "port"],
                    "relabeling": {
                        "host": "Address",
                        "login": "Client id",
                        "password": "Client secret",
                    },
                    "placeholders": {
                        "host": "https://mautic.example.org",
                        "login": "Settings → API Credentials in Mautic",
                    },
                },
                "conn-fields": {
                    "auth": {
                        "label": "Authentication",
                        "description": "oauth2 (client credentials) or basic (user, password)",
                        "schema": {
                            "type": "string",
                            "default": "oauth2",
                            "enum": ["oauth2", "basic"],
                        },
                    }
                },
            },
            {
                "connection-type": "wpms",
                "hook-name": "WordPress Multisite",
                "hook-class-name": "wpms_hook.hook.WpmsHook",
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "port"],
                    "relabeling": {
                        "host": "Address",
                        "login": "User name",
                        "password": "Application password",
                    },
                    "placeholders": {
                        "host": "https://course.example.org",
                        "login": "Worker account: Network Admin → Settings → Course sync",
                    },
                },
            },
        ],
    }
