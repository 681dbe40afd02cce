// SPDX-License-Identifier: LGPL-2.1-or-later
// What is behind the icon: whether Haulier answers, the option, and what became of the newest download.
import { NativeHost } from "./native_host.js";
import { shown } from "./shown.js";

const api = globalThis.browser ?? globalThis.chrome;
const byId = id => document.getElementById(id);
const message = (...words) => api.i18n.getMessage(...words);

async function statusText() {
    const host = new NativeHost(api);
    try {
        const { version, folder } = await host.ask({ type: "hello" });
        return message("ready", [shown(version), shown(folder)]);
    } catch (error) {
        return message("unreachable", shown(error.message));
    } finally {
        host.close();
    }
}

const choice = byId("takeOver");
document.documentElement.lang = api.i18n.getUILanguage();
byId("takeOverLabel").textContent = message("takeOver");
choice.addEventListener("change", () => api.storage.local.set({ takeOver: choice.checked }));
choice.checked = (await api.storage.local.get({ takeOver: false })).takeOver;
byId("outcome").textContent = (await api.storage.session.get({ outcome: "" })).outcome;
byId("status").textContent = await statusText();
