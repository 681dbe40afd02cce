// SPDX-License-Identifier: LGPL-2.1-or-later
// Any bytes as the head of a response, evaluated against a file of which half is on disk: bytes are only
// appended if the response has exactly our offset.
#include "transfer/http_rules.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace haulier::transfer;

namespace {

HttpResponse read_head(std::string_view text) {
    HeadReader reader;
    while (!text.empty()) {
        auto end = text.find('\n');
        reader.line(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return reader.response();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    auto response = read_head({reinterpret_cast<const char*>(data), size});
    ResumeState known;
    known.offset = 500;
    known.identity = {"\"tag\"", "Sat, 21 Nov 2026 10:00:00 GMT", true, 1000};
    for (bool digest : {false, true}) {
        known.digest = digest;
        for (auto requested : {RangeRequest::Whole, RangeRequest::RangeIfSame, RangeRequest::Range}) {
            auto decision = evaluate(known, requested, response, 1'800'000'000);
            if (decision.action != ResponseAction::Continue) continue;
            auto range = parse_content_range(response.content_range);
            if (response.status != 206 || !range || !range->span || range->span->first != known.offset)
                std::abort();
        }
    }
    return 0;
}
