// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/metalink.hpp"

#include "base/text.hpp"
#include "cli/i18n.hpp"
#include "cli/names.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <expat.h>
#include <fmt/core.h>
#include <memory>
#include <type_traits>
#include <utility>

namespace haulier::cli {

namespace {

constexpr size_t MaxDocument = size_t{8} << 20U;
constexpr size_t MaxDepth = 32;
constexpr char NamespaceSeparator = ' '; // between the namespace and the name of an element
constexpr std::string_view MetalinkNamespace = "urn:ietf:params:xml:ns:metalink";
constexpr std::string_view Metalink3Namespace = "http://www.metalinker.org/";
constexpr uint32_t LeastPriority = 999999;

/// From the weakest to the strongest.
struct HashKind {
    std::string_view name;
    std::string_view ours;
    size_t digits;
};
constexpr std::array HashKinds{HashKind{"md5", "md5", 32}, HashKind{"sha-1", "sha1", 40},
                               HashKind{"sha-256", "sha256", 64}, HashKind{"sha-512", "sha512", 128}};

struct MetalinkSource {
    uint32_t priority;
    std::string url;
};

/// A file element as it is written.
struct DescribedFile {
    std::string name;
    std::optional<std::string> size;
    size_t hashes = 0;
    const HashKind* kind = nullptr; ///< of the strongest checksum
    std::string hex;
    std::vector<MetalinkSource> sources;
};

template <class Number>
std::optional<Number> number_from(const std::string& text) {
    Number number{};
    const auto* end = text.data() + text.size();
    auto [rest, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && rest == end ? std::optional{number} : std::nullopt;
}

std::string attribute_in(const char** attributes, std::string_view wanted) {
    for (; *attributes; attributes += 2)
        if (wanted == attributes[0]) return attributes[1];
    return "";
}

/// expat 2.9 has another function for it.
uint64_t line_of(XML_Parser parser) {
#if XML_MINOR_VERSION >= 9
    return XML_GetCurrentLineNumber64(parser);
#else
    return XML_GetCurrentLineNumber(parser);
#endif
}

/// Mirrors that the daemon would refuse are left out, so that the others can be used.
bool is_usable_url(const std::string& text) {
    return is_http_url(text) && !host_of(text).empty() && text.find(' ') == std::string::npos &&
           !has_control_character(text);
}

/// Collects the file elements of a document.
class MetalinkReader {
public:
    /// A message if the document cannot be used.
    std::optional<std::string> read(std::string_view text) {
        std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser{
            XML_ParserCreateNS(nullptr, NamespaceSeparator), &XML_ParserFree};
        if (!parser) return _("there is not enough memory");
        parser_ = parser.get();
        XML_SetUserData(parser_, this);
        XML_SetElementHandler(parser_, &MetalinkReader::on_start, &MetalinkReader::on_end);
        XML_SetCharacterDataHandler(parser_, &MetalinkReader::on_text);
        XML_SetStartDoctypeDeclHandler(parser_, &MetalinkReader::on_doctype);
        if (XML_Parse(parser_, text.data(), static_cast<int>(text.size()), XML_TRUE) == XML_STATUS_OK)
            return std::nullopt;
        if (problem_) return problem_;
        return translate("line {}: {}", line_of(parser_), XML_ErrorString(XML_GetErrorCode(parser_)));
    }
    [[nodiscard]] const std::vector<DescribedFile>& files() const { return files_; }

private:
    static MetalinkReader& self(void* data) { return *static_cast<MetalinkReader*>(data); }
    static void on_start(void* data, const char* name, const char** attributes) noexcept {
        self(data).start(name, attributes);
    }
    static void on_end(void* data, const char* /*name*/) noexcept { self(data).end(); }
    static void on_text(void* data, const char* text, int length) noexcept {
        auto& reader = self(data);
        if (reader.is_detail()) reader.text_.append(text, static_cast<size_t>(length));
    }
    static void on_doctype(void* data, const char* /*name*/, const char* /*system*/,
                           const char* /*public_id*/, int /*has_internal_subset*/) noexcept {
        self(data).stop(_("it has a document type definition, which is not accepted"));
    }

    void stop(std::string problem) {
        problem_ = std::move(problem);
        XML_StopParser(parser_, XML_FALSE);
    }

    /// Whether the innermost element is a child of a file: a hash of a piece is not.
    [[nodiscard]] bool is_detail() const {
        return path_.size() == 3 && path_[0] == "metalink" && path_[1] == "file";
    }

    void start(std::string_view whole, const char** attributes) {
        auto separator = whole.rfind(NamespaceSeparator);
        bool is_ours = separator != std::string_view::npos && whole.substr(0, separator) == MetalinkNamespace;
        std::string name{is_ours ? whole.substr(separator + 1) : ""};
        if (path_.empty() && name != "metalink")
            return stop(whole.starts_with(Metalink3Namespace)
                            ? _("it is of version 3, and only version 4 (RFC 5854) is supported")
                            : _("it is not a Metalink file"));
        if (path_.size() == MaxDepth) return stop(_("its elements are nested too deeply"));
        path_.push_back(std::move(name));
        if (path_.size() == 2 && path_.back() == "file")
            files_.push_back({attribute_in(attributes, "name"), {}, 0, nullptr, "", {}});
        if (!is_detail()) return;
        text_.clear();
        kind_ = ascii_lower(attribute_in(attributes, "type"));
        priority_ = number_from<uint32_t>(attribute_in(attributes, "priority")).value_or(LeastPriority);
    }

    /// For an empty element this is also called after stop().
    void end() {
        if (problem_) return;
        if (is_detail()) {
            auto& file = files_.back();
            std::string text{trimmed(text_)};
            if (path_.back() == "size") file.size = text;
            if (path_.back() == "hash") add_hash(file, text);
            if (path_.back() == "url" && is_usable_url(text)) file.sources.push_back({priority_, text});
        }
        path_.pop_back();
    }

    void add_hash(DescribedFile& file, const std::string& hex) {
        ++file.hashes;
        const auto* kind = std::find_if(HashKinds.begin(), HashKinds.end(),
                                        [&](const HashKind& known) { return known.name == kind_; });
        if (kind == HashKinds.end() || (file.kind && kind->digits <= file.kind->digits)) return;
        file.kind = kind;
        file.hex = ascii_lower(hex);
    }

    XML_Parser parser_ = nullptr;
    std::optional<std::string> problem_;
    std::vector<std::string> path_; ///< elements; empty names for those of other namespaces
    std::string text_;
    std::string kind_;
    uint32_t priority_ = LeastPriority;
    std::vector<DescribedFile> files_;
};

bool is_lower_hex(const std::string& text) {
    return text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// The message of a failure says what is wrong with the file.
Result<MetalinkFile, Failure> file_from(DescribedFile described) {
    auto name = listed_file_name(described.name);
    if (!name) return usage_error(translate("'{}' is not a name of a file", sanitize(described.name)));
    MetalinkFile file{*name, std::nullopt, "", {}};
    if (described.size) {
        file.size = number_from<uint64_t>(*described.size);
        if (!file.size) return usage_error(translate("the size of '{}' is not a number", *name));
    }
    if (described.hashes > 0 && !described.kind)
        return usage_error(translate(
            "'{}' has checksums, but of no kind that is supported: sha-512, sha-256, sha-1, md5", *name));
    if (described.kind) {
        if (described.hex.size() != described.kind->digits || !is_lower_hex(described.hex))
            return usage_error(
                translate("the {} checksum of '{}' is not valid", described.kind->name, *name));
        file.checksum = fmt::format("{}:{}", described.kind->ours, described.hex);
    }
    std::stable_sort(
        described.sources.begin(), described.sources.end(),
        [](const MetalinkSource& a, const MetalinkSource& b) { return a.priority < b.priority; });
    for (auto& source : described.sources)
        file.urls.push_back(std::move(source.url));
    if (file.urls.empty()) return usage_error(translate("'{}' has no http or https URL", *name));
    return file;
}

} // namespace

Result<std::vector<MetalinkFile>, Failure> parse_metalink(std::string_view text, const std::string& source) {
    auto refused = [&](const std::string& problem) {
        return usage_error(translate("'{}' cannot be used: {}", source, problem));
    };
    if (text.size() > MaxDocument) return refused(_("it is larger than 8 MiB"));
    MetalinkReader reader;
    if (auto problem = reader.read(text)) return refused(*problem);
    std::vector<MetalinkFile> files;
    for (const auto& described : reader.files()) {
        auto file = file_from(described);
        if (!file) return refused(file.error().message);
        files.push_back(std::move(*file));
    }
    if (files.empty()) return refused(_("it lists no files"));
    return files;
}

} // namespace haulier::cli
