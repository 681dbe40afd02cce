// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything that is ever asked of the database, prepared once. Private to the module.
#pragma once

#include "store/database.hpp"

namespace haulier::store {

struct Statements {
    Statement save_job;
    Statement save_progress;
    Statement save_http;
    Statement drop_http;
    Statement save_credentials;
    Statement trim_credentials; ///< those from a number on
    Statement save_file;
    Statement save_details;
    Statement drop_details;
    Statement revoke_end;
    Statement revoke_all_files;
    Statement revoke_file;
    Statement revoke_questions;
    Statement add_notification;
    Statement remove_job;
    Statement acknowledge;
    Statement save_launches;
    Statement forget_launches;
    Statement save_rest;
    Statement forget_rests;
    Statement add_discard;
    Statement forget_discard;
    Statement save_hold;
    Statement release_hold;
    Statement end_hold;
    Statement save_user_limit;
    Statement forget_user_limit;
    Statement add_ended;
    Statement trim_ended; ///< of an owner
    Statement expire_ended;
    Statement forget_ended;
    Statement forget_ended_of; ///< an owner; so below
    Statement add_statistics;
    Statement load_jobs;
    Statement load_credentials;
    Statement load_files;
    Statement load_outbox;
    Statement load_launches;
    Statement load_rests;
    Statement load_discards;
    Statement load_holds;
    Statement load_user_limits;
    Statement list_ended;
    Statement list_ended_of;
    Statement oldest_ended;
    Statement load_statistics;

    Status prepare(Connection& db);
};

} // namespace haulier::store
