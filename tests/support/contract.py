# SPDX-License-Identifier: LGPL-2.1-or-later
"""The properties of jobs that can be set, with their annotations, as dbus/contract.py reads them."""

import importlib.util
import sys

from .environment import SOURCE

_spec = importlib.util.spec_from_file_location("haulier_contract", SOURCE / "dbus" / "contract.py")
_module = sys.modules[_spec.name] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

Property = _module.Property
SETTINGS = [p for p in _module.read(SOURCE / "dbus" / "org.haulier.Haulier1.Job.xml") if p.settable]
