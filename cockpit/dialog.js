// SPDX-License-Identifier: LGPL-2.1-or-later
// Dialogs. The browser keeps the focus inside, closes them with Escape, and gives the focus back.
import { button, element, isolate } from "./dom.js";
import { isolated } from "./format.js";
import { _ } from "./i18n.js";

/** Shows a dialog, which leaves the document when it is closed. */
export function open(title, ...content) {
    const dialog = element("dialog", { "aria-labelledby": "dialog-title" },
        element("h2", { id: "dialog-title" }, title), ...content);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
}

/** Whether the user really wants to cancel the job. The focus begins on the harmless answer. */
export function confirmCancel(name) {
    return new Promise(resolve => {
        const dialog = open(_("Cancel this job?"),
            element("p", {}, isolate(name, { class: "name" })),
            element("p", {}, _("Everything that was downloaded and not completed is deleted.")),
            element("div", { class: "buttons" },
                button(_("Keep the job"), "secondary", () => dialog.close(), { autofocus: true }),
                button(_("Cancel the job"), "danger", () => dialog.close("cancel"), { "aria-label": _("Cancel the job $0", isolated(name)) })));
        dialog.addEventListener("close", () => resolve(dialog.returnValue === "cancel"));
    });
}
