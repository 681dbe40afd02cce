// SPDX-License-Identifier: LGPL-2.1-or-later
// curl's easy handle and the header lists that belong to it.
#pragma once

#include <curl/curl.h>
#include <memory>
#include <string>

namespace haulier::transfer {

class CurlHandle {
public:
    /// Throws std::runtime_error if curl cannot be set up.
    CurlHandle();

    [[nodiscard]] CURL* get() const { return handle_.get(); }
    /// `value` has the type that curl expects: long, curl_off_t, const char* or a pointer. curl copies
    /// strings. Throws std::runtime_error if curl rejects the option.
    template <class T>
    void set(CURLoption option, T value) {
        check(curl_easy_setopt(handle_.get(), option, value));
    }
    /// Adds a line to the request's headers, or to those that only the proxy gets.
    void add_header(const std::string& line) { append(headers_, line); }
    void add_proxy_header(const std::string& line) { append(proxy_headers_, line); }
    /// Gives a name its addresses: "host:port:address,address".
    void add_addresses(const std::string& line);
    /// Passes the headers to curl.
    void set_headers();

private:
    struct Deleter {
        void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };
    using Lines = std::unique_ptr<curl_slist, Deleter>;
    static void check(CURLcode code);
    static void append(Lines& lines, const std::string& line);

    Lines headers_;
    Lines proxy_headers_;
    Lines addresses_;
    std::unique_ptr<CURL, Deleter> handle_;
};

} // namespace haulier::transfer
