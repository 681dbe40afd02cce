// SPDX-License-Identifier: LGPL-2.1-or-later
// Any bytes as the head of an answer, authorized against a file that is half here: whatever comes, bytes are
// only appended when the answer names exactly our offset.
#include "transfer/http_rules.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace haulier::transfer;

namespace {

Answer read_head(std::string_view text) {
    HeadReader reader;
    while (!text.empty()) {
        auto end = text.find('\n');
        reader.line(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return reader.answer();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    auto answer = read_head({reinterpret_cast<const char*>(data), size});
    Known known;
    known.offset = 500;
    known.identity = {"\"tag\"", "Sat, 21 Nov 2026 10:00:00 GMT", true, 1000};
    for (bool digest : {false, true}) {
        known.digest = digest;
        for (auto asked : {Asked::Whole, Asked::RangeIfSame, Asked::Range}) {
            auto verdict = authorize(known, asked, answer, 1'800'000'000);
            if (verdict.course != Course::GoOn) continue;
            auto range = parse_content_range(answer.content_range);
            if (answer.status != 206 || !range || !range->span || range->span->first != known.offset)
                std::abort();
        }
    }
    return 0;
}
