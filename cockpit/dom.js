// SPDX-License-Identifier: LGPL-2.1-or-later
// Elements are made here, and only here. Strings become text, never markup.

/** Properties are attributes, except `on`, whose members are event listeners. false and undefined leave an attribute out. */
export function element(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    const { on = {}, ...attributes } = properties;
    for (const [name, value] of Object.entries(attributes)) setAttribute(made, name, value);
    for (const [event, listener] of Object.entries(on)) made.addEventListener(event, listener);
    made.append(...children.filter(child => child !== null && child !== undefined));
    return made;
}

/** Only if it has changed, so that screen readers repeat nothing. */
export function setAttribute(target, name, value) {
    if (value === false || value === undefined || value === null) target.removeAttribute(name);
    else if (target.getAttribute(name) !== String(value)) target.setAttribute(name, value === true ? "" : value);
}

export function setText(target, text) {
    if (target.textContent !== text) target.textContent = text;
}

/** The text, and the element is not there without one. */
export function showText(target, text) {
    setText(target, text);
    target.hidden = !text;
}

export const button = (label, kind, onClick, properties = {}) =>
    element("button", { type: "button", class: `button ${kind}`, on: { click: onClick }, ...properties }, label);

/** Text of others, whose direction must not reach the text around it. */
export const isolate = (text, properties = {}) => element("bdi", properties, text);

/** A label above a control, which need not be inside it. */
export function field(label, control, help = "") {
    const hint = help ? element("span", { class: "help", id: `${control.id}-help` }, help) : null;
    if (hint) control.setAttribute("aria-describedby", hint.id);
    return element("div", { class: "field" }, element("label", { for: control.id }, label), control, hint);
}
