// SPDX-License-Identifier: LGPL-2.1-or-later
// A worker fixture with a file to upload.
#pragma once

#include "upload_server.hpp"
#include "worker_fixture.hpp"

#include <sys/stat.h>

namespace haulier::transfer {

class UploadFixture : public WorkerFixture {
protected:
    static constexpr const char* Name = "source";
    static constexpr const char* Reply = ".haulier-test-4294967294.part";

    UploadFixture() { directory.write(Name, file.content); }

    wire::Upload upload_order(const std::string& url) const {
        wire::Upload upload;
        upload.set_ticket(Ticket);
        upload.set_url(url);
        upload.set_directory(directory.path());
        upload.set_name(Name);
        return upload;
    }
    wire::Upload reply_order(const std::string& url) const {
        auto upload = upload_order(url);
        upload.set_want_reply(true);
        upload.set_reply_directory(directory.path());
        upload.set_reply_temporary(Reply);
        upload.set_reply_name("reply");
        return upload;
    }
    /// The daemon's order after it has stored `begun`.
    static wire::Upload resumed(wire::Upload upload, const wire::Begun& begun) {
        upload.set_upload_url(begun.upload_url());
        *upload.mutable_stamp() = begun.stamp();
        return upload;
    }
    void upload(const wire::Upload& order) {
        wire::ToWorker message;
        *message.mutable_upload() = order;
        send(message);
    }
    /// Sends half of the file and halts; returns the worker's Begun. From then on the server accepts
    /// everything.
    wire::Begun half_an_upload(UploadServer& server, UploadBehaviour behaviour, const wire::Upload& order) {
        behaviour.stop_at = Half;
        server.change(behaviour);
        upload(order);
        auto start = begun();
        EXPECT_TRUE(turn_until([&] { return server.content().size() == Half; }));
        halt();
        halted();
        behaviour.stop_at.reset();
        server.change(behaviour);
        return start;
    }
    void expect_sent(const UploadServer& server) {
        EXPECT_EQ(fetched().size(), file.content.size());
        EXPECT_TRUE(server.content() == file.content) << "what arrived differs from the source";
    }
    wire::Reply reply() { return next(wire::FromWorker::kReply).reply(); }
};

} // namespace haulier::transfer
