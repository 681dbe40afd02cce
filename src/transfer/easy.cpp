// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/easy.hpp"

#include <new>
#include <stdexcept>

namespace haulier::transfer {

Easy::Easy() : easy_(curl_easy_init()) {
    if (!easy_) throw std::runtime_error("curl_easy_init");
}

void Easy::must(CURLcode code) {
    if (code != CURLE_OK) throw std::runtime_error("curl_easy_setopt");
}

void Easy::append(Lines& lines, const std::string& line) {
    curl_slist* longer = curl_slist_append(lines.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    lines.release();
    lines.reset(longer);
}

void Easy::set_headers() {
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_PROXYHEADER, proxy_headers_.get());
}

} // namespace haulier::transfer
