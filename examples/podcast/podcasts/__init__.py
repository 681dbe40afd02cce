# SPDX-License-Identifier: LGPL-2.1-or-later
"""A podcast app whose feeds and episodes Haulier downloads."""

APP_ID = "org.haulier.example.Podcasts"
