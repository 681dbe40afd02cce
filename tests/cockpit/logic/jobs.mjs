// SPDX-License-Identifier: LGPL-2.1-or-later
// Jobs and signals as Cockpit's bridge sends them.

export const UNKNOWN = { old: -1, new: 18446744073709551615 }; // 2^64-1 in the bridges of Debian 12 and 13

const TYPES = { string: "s", number: "t", boolean: "b", object: "(st)" };

/** As an a{sv}. */
export const variants = properties =>
    Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, { t: TYPES[typeof value], v: value }]));

export const job = (properties = {}) => ({
    Id: "0".repeat(32), Type: "download", Owner: 1000, DisplayName: "film", AppId: "", Target: "/home/anna/film",
    State: "transferring", WaitReason: ["running", 0], BytesTotal: 4_000_000, BytesTransferred: 1_000_000,
    BytesKnown: 4_000_000, FilesUnsized: 0, Rate: 500_000, FilesTotal: 1, FilesTransferred: 0, FilesFailed: 0,
    CreationTime: 1_700_000_000_000_000, Error: ["", "", 0, "", 4294967295], ...properties,
});

export const path = id => `/org/haulier/Haulier1/job/${id}`;
