#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""generate_errors.py error-codes errors.md HEADER SOURCE

Writes the two enumerations of errors, and their names on the bus. The numbers come from error-codes, the meanings from
docs/errors.md; an error that only one of them has is a mistake."""

import pathlib
import re
import sys

HEADER = """// SPDX-License-Identifier: LGPL-2.1-or-later
// Generated from docs/errors.md.
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define HAULIER_ERROR (haulier_error_quark())
GQuark haulier_error_quark(void);

/**
 * HaulierError:
{call_docs}
 *
 * Why a call has failed. docs/errors.md has the details.
 */
typedef enum {{
{call_values}
}} HaulierError;

const char* haulier_error_get_name(HaulierError error);

#define HAULIER_TRANSFER_ERROR (haulier_transfer_error_quark())
GQuark haulier_transfer_error_quark(void);

/**
 * HaulierTransferError:
 * @HAULIER_TRANSFER_ERROR_UNKNOWN: an error that this version of the library does not know
{job_docs}
 *
 * Why a job has failed. docs/errors.md has the details.
 */
typedef enum {{
    HAULIER_TRANSFER_ERROR_UNKNOWN = 0,
{job_values}
}} HaulierTransferError;

const char* haulier_transfer_error_get_name(HaulierTransferError error);

G_END_DECLS
"""

SOURCE = """// SPDX-License-Identifier: LGPL-2.1-or-later
#include "haulier-errors.h"

#include "haulier-private.h"

#include <string.h>

static const GDBusErrorEntry of_calls[] = {{
{call_entries}
}};

static const char* const names_of_calls[] = {{
    "",
{call_names}
}};

static const char* const of_jobs[] = {{
    "",
{job_names}
}};

GQuark haulier_error_quark(void) {{
    static gsize quark = 0;
    g_dbus_error_register_error_domain("haulier-error-quark", &quark, of_calls, G_N_ELEMENTS(of_calls));
    return (GQuark)quark;
}}

G_DEFINE_QUARK(haulier-transfer-error-quark, haulier_transfer_error)

int haulier_transfer_error_from_name(const char* name) {{
    for (guint i = 1; i < G_N_ELEMENTS(of_jobs); ++i)
        if (strcmp(of_jobs[i], name) == 0) return (int)i;
    return 0;
}}

/**
 * haulier_error_get_name:
 * @error: an error
 *
 * Returns: its name on the bus and in docs/errors.md, such as "NotFound"; "" if it is not known
 */
const char* haulier_error_get_name(HaulierError error) {{
    return (guint)error < G_N_ELEMENTS(names_of_calls) ? names_of_calls[error] : "";
}}

/**
 * haulier_transfer_error_get_name:
 * @error: an error
 *
 * Returns: its name on the bus and in docs/errors.md, such as "http-status"; "" if it is not known
 */
const char* haulier_transfer_error_get_name(HaulierTransferError error) {{
    return (guint)error < G_N_ELEMENTS(of_jobs) ? of_jobs[error] : "";
}}
"""


def constant(kind: str, name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).replace("-", "_").upper()
    return f"HAULIER_{'ERROR' if kind == 'call' else 'TRANSFER_ERROR'}_{words}"


def meanings(page: str) -> dict[str, str]:
    """The second column that is prose: the meaning, without marks."""
    calls, jobs = page.split("## Errors of jobs")
    found = {}
    for text, column in ((calls, 2), (jobs, 3)):
        for row in re.findall(r"^\| `[\w-]+` \|.*$", text, flags=re.M):
            cells = [cell.strip() for cell in row.split("|")]
            found[cells[1].strip("`")] = re.sub(r"[`*]", "", cells[column])
    return found


def main(codes: str, page: str, header: str, source: str) -> None:
    rows = [line.split() for line in pathlib.Path(codes).read_text().splitlines() if not line.startswith("#")]
    known = meanings(pathlib.Path(page).read_text())
    names = {name for _kind, name in rows}
    if names ^ set(known):
        sys.exit(f"error-codes and errors.md do not agree about {', '.join(sorted(names ^ set(known)))}")
    numbered = {kind: [name for k, name in rows if k == kind] for kind in ("call", "job")}
    fields = {}
    for kind, all_names in numbered.items():
        pairs = [(constant(kind, name), name) for name in all_names]
        fields[f"{kind}_docs"] = "\n".join(f" * @{word}: {known[name]}" for word, name in pairs)
        fields[f"{kind}_values"] = "\n".join(f"    {word} = {i}," for i, (word, _name) in enumerate(pairs, 1))
    fields["call_entries"] = "\n".join(f'    {{{constant("call", name)}, "org.haulier.Haulier1.Error.{name}"}},'
                                       for name in numbered["call"])
    for kind, all_names in numbered.items():
        fields[f"{kind}_names"] = "\n".join(f'    "{name}",' for name in all_names)
    pathlib.Path(header).write_text(HEADER.format(**fields))
    pathlib.Path(source).write_text(SOURCE.format(**fields))


if __name__ == "__main__":
    main(*sys.argv[1:])
