// SPDX-License-Identifier: LGPL-2.1-or-later
// Tabs as WAI-ARIA describes them: one of them is in the order of the Tab key, and arrow keys lead to the others.
import { button, element, setAttribute, setText } from "./dom.js";

export class Tabs {
    #tabs = new Map(); // key → { tab, panel }
    #list;

    constructor(label, onChosen) {
        this.onChosen = onChosen;
        this.#list = element("div", { role: "tablist", class: "tabs", "aria-label": label, on: { keydown: event => this.#pressed(event) } });
        this.element = element("div", {}, this.#list);
    }

    add(key, label, content) {
        const tab = button(label, "tab", () => this.choose(key), { role: "tab", id: `tab-${key}`, "aria-controls": `panel-${key}` });
        const panel = element("div", { role: "tabpanel", id: `panel-${key}`, "aria-labelledby": tab.id }, content);
        this.#tabs.set(key, { tab, panel });
        this.#list.append(tab);
        this.element.append(panel);
    }

    label(key, text) {
        setText(this.#tabs.get(key).tab, text);
    }

    choose(wanted) {
        const chosen = this.#tabs.has(wanted) ? wanted : [...this.#tabs.keys()][0];
        for (const [key, { tab, panel }] of this.#tabs) {
            setAttribute(tab, "aria-selected", key === chosen ? "true" : "false");
            setAttribute(tab, "tabindex", key === chosen ? "0" : "-1");
            panel.hidden = key !== chosen;
        }
        this.onChosen(chosen);
    }

    #pressed(event) {
        const keys = [...this.#tabs.keys()];
        const now = keys.findIndex(key => this.#tabs.get(key).tab === document.activeElement);
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step === undefined || now < 0) return;
        const next = keys[(now + step + keys.length) % keys.length];
        this.choose(next);
        this.#tabs.get(next).tab.focus();
    }
}
