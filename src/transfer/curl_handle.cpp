// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/curl_handle.hpp"

#include <new>
#include <stdexcept>

namespace haulier::transfer {

CurlHandle::CurlHandle() : handle_(curl_easy_init()) {
    if (!handle_) throw std::runtime_error("curl_easy_init");
}

void CurlHandle::check(CURLcode code) {
    if (code != CURLE_OK) throw std::runtime_error("curl_easy_setopt");
}

void CurlHandle::append(Lines& lines, const std::string& line) {
    curl_slist* longer = curl_slist_append(lines.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    lines.release();
    lines.reset(longer);
}

void CurlHandle::add_addresses(const std::string& line) {
    append(addresses_, line);
    set(CURLOPT_RESOLVE, addresses_.get());
}

void CurlHandle::set_headers() {
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_PROXYHEADER, proxy_headers_.get());
}

} // namespace haulier::transfer
