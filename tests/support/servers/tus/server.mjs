// SPDX-License-Identifier: LGPL-2.1-or-later
// A tus server on loopback: node server.mjs PACKAGES OPTIONS, where OPTIONS is JSON with
//
// files: FOLDER     where uploads are kept
// tell: FD          where the server reports its port, and then each request twice, as a line of JSON each
// port: N           0 = any
// first: N          number of the first request
// creation: false   clients cannot create uploads; the test does that itself
// answer: true      the response to the last PATCH has a body that says what arrived
import { createHash } from "node:crypto";
import { readFileSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const [packages, settings] = process.argv.slice(2);
const options = JSON.parse(settings);
const require = createRequire(`${packages}/`);
const { Server } = require("@tus/server");
const { FileStore } = require("@tus/file-store");

const datastore = new FileStore({ directory: options.files });
if (!options.creation) datastore.extensions = ["termination"];

/** The body of the response to the last PATCH. */
const receipt = (path) => {
    const bytes = readFileSync(path);
    return JSON.stringify({ size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
};
const tus = new Server({
    path: "/files",
    datastore,
    lockDrainTimeout: 100,
    onUploadFinish: async (_request, res, upload) =>
        options.answer ? { res, status_code: 200, body: receipt(upload.storage.path) } : { res },
});

const tell = (what) => writeSync(options.tell, JSON.stringify(what) + "\n");

/** Reports each request when its head has arrived, and again when it has ended, with the bytes received of its body. */
const record = (request, response, number) => {
    const { method, url: path, headers } = request;
    let received = 0;
    request.on("data", (piece) => {
        received += piece.length;
    });
    request.pause(); // until the server pipes it
    tell({ number, method, path, headers, status: 0, received: 0 });
    response.on("close", () =>
        tell({ number, method, path, headers, status: response.headersSent ? response.statusCode : 0, received }),
    );
};

let requests = options.first;
const server = createServer((request, response) => {
    record(request, response, ++requests);
    tus.handle(request, response);
});
server.listen(options.port, "127.0.0.1", () => tell(server.address().port));
