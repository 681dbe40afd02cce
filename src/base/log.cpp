// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/log.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <unistd.h>
#include <vector>

namespace haulier::log {

namespace {

/// systemd passes the device and inode of the journal's stream in JOURNAL_STREAM; a redirected stderr has
/// others.
bool stderr_is_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat st {};
    if (!stream || fstat(STDERR_FILENO, &st) < 0) return false;
    return std::to_string(st.st_dev) + ":" + std::to_string(st.st_ino) == stream;
}

void write(int priority, std::string_view message, std::initializer_list<Field> fields) {
    static const bool journal = stderr_is_journal();
    if (!journal) {
        std::string line{message};
        for (const auto& f : fields)
            if (f.name != field::MessageId && !f.value.empty())
                line.append(" ").append(f.name).append("=").append(f.value);
        std::fprintf(stderr, "%s\n", line.c_str());
        return;
    }
    std::vector<std::string> texts{"PRIORITY=" + std::to_string(priority), "MESSAGE=" + std::string{message}};
    for (const auto& f : fields)
        if (!f.value.empty()) texts.push_back(std::string{f.name} + "=" + std::string{f.value});
    std::vector<iovec> vectors;
    for (auto& t : texts)
        vectors.push_back({t.data(), t.size()});
    sd_journal_sendv(vectors.data(), static_cast<int>(vectors.size()));
}

} // namespace

void error(std::string_view message, std::initializer_list<Field> fields) {
    write(LOG_ERR, message, fields);
}
void warning(std::string_view message, std::initializer_list<Field> fields) {
    write(LOG_WARNING, message, fields);
}
void info(std::string_view message, std::initializer_list<Field> fields) {
    write(LOG_INFO, message, fields);
}

void debug(std::string_view message, std::initializer_list<Field> fields) {
    static const bool wanted = std::getenv("HAULIER_DEBUG") != nullptr;
    if (wanted) write(LOG_DEBUG, message, fields);
}

} // namespace haulier::log
