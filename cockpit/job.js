// SPDX-License-Identifier: LGPL-2.1-or-later
// What follows from the properties of a job: how far it is, why it waits, and what can be done with it.
import { isKnown, percentText, rateText, sentence, sizeText, dateText, spanText } from "./format.js";
import { AWAITED, SITUATIONS, wordOf } from "./words.js";
import { _ } from "./i18n.js";

const WAITING = ["queued", "transient-error"];
const RUNNING = ["connecting", "transferring"];
const ALMOST = 0.99;
const LONGEST_TIME_LEFT = 100 * 3600;

export const waitReason = job => job.WaitReason?.[0] ?? "";
export const isActive = job => WAITING.includes(job.State) || RUNNING.includes(job.State);
export const isRunning = job => RUNNING.includes(job.State);

const countsFiles = job => !isKnown(job.BytesTotal) && job.FilesTotal > 1;

/** The size of all files, from those whose sizes are known; undefined if there are none. */
function estimatedTotal(job) {
    const sized = job.FilesTotal - (job.FilesUnsized ?? 0);
    return sized > 0 && isKnown(job.BytesKnown) ? job.BytesKnown / sized * job.FilesTotal : undefined;
}

/** How much of the job is here, from 0 to 1; undefined if nothing is known about that. */
export function shareOf(job) {
    if (isKnown(job.BytesTotal)) {
        return job.BytesTotal === 0 ? Number(job.State === "transferred") : Math.min(1, job.BytesTransferred / job.BytesTotal);
    }
    const estimate = estimatedTotal(job);
    if (estimate > 0) return Math.min(ALMOST, job.BytesTransferred / estimate);
    return countsFiles(job) ? Math.min(1, job.FilesTransferred / job.FilesTotal) : undefined;
}

const isEstimate = job => !isKnown(job.BytesTotal) && estimatedTotal(job) > 0;

export function amountText(job) {
    if (job.FilesTotal === 0) return "";
    const share = shareOf(job);
    const percent = share === undefined ? "" : ` (${isEstimate(job) ? "~" : ""}${percentText(share)})`;
    if (!countsFiles(job)) return _("$0 of $1", sizeText(job.BytesTransferred), sizeText(job.BytesTotal)) + percent;
    const failed = job.FilesFailed > 0 ? _(" ($0 failed)", job.FilesFailed) : "";
    return _("$0 of $1 files$2, $3", job.FilesTransferred, job.FilesTotal, failed, sizeText(job.BytesTransferred)) + percent;
}

/** "1.5 MB/s, 20 s left"; empty unless data moves. */
export function speedText(job) {
    if (job.State !== "transferring" || !isKnown(job.Rate)) return "";
    const left = isKnown(job.BytesTotal) && job.Rate >= 1 ? (job.BytesTotal - job.BytesTransferred) / job.Rate : -1;
    if (left < 0 || left > LONGEST_TIME_LEFT) return rateText(job.Rate);
    return _("$0, $1 left", rateText(job.Rate), spanText(left));
}

/** What is wrong with the job; empty if nothing is. */
export const errorText = job => sentence(job.Error?.[3]);

function untilText(job, now) {
    const until = job.WaitReason?.[1] ?? 0;
    if (until === 0) return "";
    if (job.State === "queued" || ["held", "window"].includes(waitReason(job))) return dateText(until);
    return until <= now ? _("retry soon") : _("retry in $0", spanText((until - now) / 1e6));
}

/** Why the job does not run, in words. `now` in microseconds. */
export function reasonText(job, now) {
    const reason = waitReason(job);
    const end = untilText(job, now);
    if (Object.hasOwn(AWAITED, reason)) {
        const waiting = _("waiting for $0", _(AWAITED[reason]));
        return sentence(end ? `${waiting}: ${end}` : waiting);
    }
    return sentence(wordOf(SITUATIONS, reason) || end);
}

/** The calls that make sense now, with the most likely one first. */
export function actionsOf(job) {
    if (waitReason(job) === "completing" || waitReason(job) === "ended") return [];
    const actions = [];
    if (job.State === "transferred" || (job.State === "error" && job.FilesTransferred > 0)) actions.push("Complete");
    if (job.State === "error" || job.State === "transient-error") actions.push("Retry");
    if (job.State === "suspended" && job.FilesTotal > 0) actions.push("Resume");
    if (isActive(job)) actions.push("Suspend");
    return [...actions, "Cancel"];
}

/** Whether the job has all the words that were typed, in its name, target, app, id or the name of its owner. */
export function matches(job, words, owner) {
    const text = [job.DisplayName, job.Target, job.AppId, job.Id, owner].join("\n").toLowerCase();
    return words.toLowerCase().split(/\s+/).every(word => text.includes(word));
}
