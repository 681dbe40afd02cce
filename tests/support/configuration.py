# SPDX-License-Identifier: LGPL-2.1-or-later
"""How the tests configure Haulier: as shipped, but with short times, so that what takes minutes in use takes seconds here."""

CONFIG = {
    "Daemon": {"IdleTimeout": "30s"},
    "Transfer": {"CheckpointBytes": "256K", "CheckpointInterval": "1s"},
    "Notify": {"RetryDelay": "200ms", "MaximumRetryDelay": "1s", "LaunchDelay": "1s"},
}


def configuration_file(changes: dict[str, dict[str, str]] | None = None) -> str:
    """The text of a configuration file: CONFIG with these changes."""
    merged = {section: dict(values) for section, values in CONFIG.items()}
    for section, values in (changes or {}).items():
        merged.setdefault(section, {}).update(values)
    lines = []
    for section, values in merged.items():
        lines += [f"[{section}]"] + [f"{key}={value}" for key, value in values.items()]
    return "\n".join(lines) + "\n"
