// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/decode.hpp"

#include <tuple>
#include <vector>

namespace haulier::cli {

namespace {

template <class T>
Json to_json(const T& value) {
    return value;
}

Json to_json(const sdbus::ObjectPath& path) {
    return static_cast<const std::string&>(path);
}

Json to_json(const compat::Options& properties) {
    return decode(properties);
}

template <class... Ts>
Json to_json(const sdbus::Struct<Ts...>& values) {
    Json array = Json::array();
    std::apply([&](const auto&... value) { (array.push_back(to_json(value)), ...); },
               static_cast<const std::tuple<Ts...>&>(values));
    return array;
}

template <class T>
Json to_json(const std::vector<T>& values) {
    Json array = Json::array();
    for (const auto& value : values)
        array.push_back(to_json(value));
    return array;
}

using Reader = Json (*)(const sdbus::Variant&);

template <class T>
std::pair<const std::string, Reader> reader_of() {
    return {compat::signature_of<T>(), [](const sdbus::Variant& value) { return to_json(value.get<T>()); }};
}

/// All types that properties have, and some that properties of newer daemons may have.
const std::map<std::string, Reader>& readers() {
    using sdbus::ObjectPath;
    using sdbus::Struct;
    using std::string;
    static const std::map<string, Reader> all{
        reader_of<bool>(),
        reader_of<int32_t>(),
        reader_of<uint32_t>(),
        reader_of<int64_t>(),
        reader_of<uint64_t>(),
        reader_of<double>(),
        reader_of<string>(),
        reader_of<ObjectPath>(),
        reader_of<std::vector<string>>(),
        reader_of<compat::Options>(),
        reader_of<Struct<string, uint64_t>>(),
        reader_of<Struct<uint64_t, uint64_t>>(),
        reader_of<std::vector<Struct<uint64_t, uint64_t>>>(),
        reader_of<Struct<string, ObjectPath>>(),
        reader_of<Struct<string, string, int32_t, string, uint32_t>>(),
        reader_of<Struct<string, string, int32_t, string>>(),
        reader_of<Struct<uint64_t, uint64_t, uint64_t, uint32_t, uint32_t>>(),
    };
    return all;
}

template <class... Ts>
Json read_arguments(sdbus::Message& message) {
    std::tuple<Ts...> values;
    std::apply([&](auto&... value) { (void(message >> value), ...); }, values);
    Json array = Json::array();
    std::apply([&](const auto&... value) { (array.push_back(to_json(value)), ...); }, values);
    return array;
}

} // namespace

Json decode(const sdbus::Variant& value) {
    auto reader = readers().find(value.peekValueType());
    return reader == readers().end() ? Json(nullptr) : reader->second(value);
}

Json decode(const compat::Options& properties) {
    Json object = Json::object();
    for (const auto& [name, value] : properties)
        object[name] = decode(value);
    return object;
}

Json decode_arguments(const std::string& member, sdbus::Message& message) {
    using std::string;
    if (member == "PropertiesChanged")
        return read_arguments<string, compat::Options, std::vector<string>>(message);
    if (member == "NameOwnerChanged") return read_arguments<string, string, string>(message);
    if (member == "JobRemoved") return read_arguments<sdbus::ObjectPath, string, string>(message);
    if (member == "JobAdded" || member == "JobTransferred" || member == "JobError")
        return read_arguments<sdbus::ObjectPath, string>(message);
    if (member == "FileTransferred") return read_arguments<uint32_t>(message);
    if (member == "FileRangesTransferred")
        return read_arguments<uint32_t, std::vector<sdbus::Struct<uint64_t, uint64_t>>>(message);
    return Json::array();
}

} // namespace haulier::cli
