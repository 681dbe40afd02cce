// SPDX-License-Identifier: LGPL-2.1-or-later
// Follows the style that the user has chosen in Cockpit's menu, or that of the desktop.

const preferred = window.matchMedia("(prefers-color-scheme: dark)");

function apply(style = localStorage.getItem("shell:style") ?? "auto") {
    document.documentElement.classList.toggle("dark", style === "dark" || (style === "auto" && preferred.matches));
}

export function followTheme() {
    window.addEventListener("storage", event => { if (event.key === "shell:style") apply(); });
    window.addEventListener("cockpit-style", event => apply(event.detail.style));
    preferred.addEventListener("change", () => apply());
    apply();
}
