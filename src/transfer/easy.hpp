// SPDX-License-Identifier: LGPL-2.1-or-later
// curl's easy handle with the lists of lines that belong to it.
#pragma once

#include <curl/curl.h>
#include <memory>
#include <string>

namespace haulier::transfer {

class Easy {
public:
    Easy();

    [[nodiscard]] CURL* get() const { return easy_.get(); }
    /// `value` as curl wants it: long, curl_off_t, const char* or a pointer. Strings are copied.
    template <class T>
    void set(CURLoption option, T value) {
        must(curl_easy_setopt(easy_.get(), option, value));
    }
    /// One more line of a request's head, or of what is said to the proxy alone.
    void add_header(const std::string& line) { append(headers_, line); }
    void add_proxy_header(const std::string& line) { append(proxy_headers_, line); }
    /// Hands the lines to curl.
    void set_headers();

private:
    struct Freed {
        void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };
    using Lines = std::unique_ptr<curl_slist, Freed>;
    static void must(CURLcode code);
    static void append(Lines& lines, const std::string& line);

    Lines headers_;
    Lines proxy_headers_;
    std::unique_ptr<CURL, Freed> easy_;
};

} // namespace haulier::transfer
