// SPDX-License-Identifier: LGPL-2.1-or-later
// The form for a new download.
import { open } from "./dialog.js";
import { button, element, field, showText } from "./dom.js";
import { sentence } from "./format.js";
import { _ } from "./i18n.js";
import { createJob, missingIn } from "./request.js";
import { PRIORITIES, wordOf } from "./words.js";

const input = (id, properties = {}) =>
    element("input", { id, name: id, type: "text", dir: "auto", autocomplete: "off", spellcheck: "false", ...properties });

function priorities() {
    const options = Object.keys(PRIORITIES).map(word =>
        element("option", { value: word, selected: word === "normal" }, wordOf(PRIORITIES, word)));
    return element("select", { id: "priority", name: "priority" }, ...options);
}

/** `caller` is whose job it becomes, `folder` where files go unless the user says otherwise. */
export function openNewJob(caller, folder, onCreated) {
    const error = element("p", { class: "form-error", role: "alert", hidden: true });
    const create = button(_("Download"), "primary", () => {}, { type: "submit" });
    const form = element("form", { novalidate: true },
        field(_("URL"), input("url", { inputmode: "url", autofocus: true })),
        field(_("Save as"), input("path", { value: folder }),
            _("An absolute path. If it ends with /, it is a directory, and the server names the file.")),
        field(_("Name of the job"), input("name"), _("Optional; by default the name of the file.")),
        field(_("Priority"), priorities()),
        field(_("Checksum"), input("checksum"), _("Optional, such as sha256:2c26b46b68ff… The file is rejected if it differs.")),
        error,
        element("div", { class: "buttons" }, create, button(_("Close"), "secondary", () => dialog.close())));
    const dialog = open(_("New download"), form);

    form.addEventListener("submit", async event => {
        event.preventDefault();
        if (create.getAttribute("aria-disabled")) return;
        const fields = Object.fromEntries(new FormData(form));
        const missing = missingIn(fields);
        showText(error, missing);
        if (missing) return;
        create.setAttribute("aria-disabled", "true");
        try {
            await createJob(caller, fields);
            dialog.close();
            onCreated();
        } catch (refusal) {
            showText(error, sentence(refusal.message));
        } finally {
            create.removeAttribute("aria-disabled");
        }
    });
}
