// SPDX-License-Identifier: LGPL-2.1-or-later
// What the browser reports. The browser ends this script when nothing happens, and starts it again for an event.
import { HandOver } from "./handover.js";
import { Posts } from "./posts.js";
import { shown } from "./shown.js";

const api = globalThis.browser ?? globalThis.chrome;
const posts = new Posts(api.storage.session);
const handOver = new HandOver(api, posts, navigator.userAgent);

const BADGE_TIME = 4000;
const PAGES = ["http://*/*", "https://*/*"];
const MENUS = [
    { id: "link", title: "downloadLink", contexts: ["link"] },
    { id: "media", title: "downloadMedia", contexts: ["image", "audio", "video"] },
];

/** The popup shows the sentence; the icon shows for a moment that there is one. */
async function tell(outcome) {
    if (!outcome) return;
    const text = outcome.taken ? api.i18n.getMessage("taken", shown(outcome.path))
        : api.i18n.getMessage("notTaken", shown(outcome.message));
    await api.storage.session.set({ outcome: text });
    await api.action.setBadgeText({ text: outcome.taken ? "✓" : "!" });
    setTimeout(() => api.action.setBadgeText({ text: "" }), BADGE_TIME);
}

async function consider(item) {
    const { takeOver } = await api.storage.local.get({ takeOver: false });
    if (!takeOver) return false;
    const outcome = await handOver.takeOver(item);
    await tell(outcome);
    return outcome?.taken === true;
}

api.runtime.onInstalled.addListener(() => {
    for (const { id, title, contexts } of MENUS)
        api.contextMenus.create({ id, contexts, title: api.i18n.getMessage(title), targetUrlPatterns: PAGES });
});

api.contextMenus.onClicked.addListener(async (info, tab) => {
    if (tab?.incognito) return;
    const url = info.menuItemId === "link" ? info.linkUrl : info.srcUrl;
    await tell(await handOver.take(url, info.frameUrl ?? info.pageUrl ?? "", tab?.cookieStoreId));
});

// Chromium asks how a file is to be called, and waits for the answer; Firefox only says that a download has begun.
if (api.downloads.onDeterminingFilename)
    api.downloads.onDeterminingFilename.addListener((item, suggest) => {
        consider(item).catch(() => false).then(taken => { if (!taken) suggest(); });
        return true;
    });
else
    api.downloads.onCreated.addListener(item => consider(item));

api.webRequest.onBeforeRequest.addListener(details => posts.note(details), { urls: PAGES, types: ["main_frame", "sub_frame"] });
