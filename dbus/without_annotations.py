# SPDX-License-Identifier: LGPL-2.1-or-later
"""without_annotations.py INPUT OUTPUT: copies an interface without our own annotations and those for Qt, of which sdbus-c++-xml2cpp
warns."""

import re
import sys
from pathlib import Path

source, target = map(Path, sys.argv[1:])
target.write_text(re.sub(r' *<annotation name="org\.(?:haulier|qtproject)\.[^>]*/>\n', "", source.read_text()))
