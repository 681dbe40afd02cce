// SPDX-License-Identifier: LGPL-2.1-or-later
// The properties of jobs are what the contract says, and changes of a job announce those that differ.
#include "daemon/bus/job_properties.hpp"

#include "daemon/bus/encoding.hpp"
#include "support/documents.hpp"

#include <concepts>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <regex>
#include <set>

namespace haulier::bus {

namespace {

using Names = std::set<std::string>;

// ---- the contract ----

struct Promise {
    std::string type;
    bool writable = false;
    std::map<std::string, std::string> annotations;
};

std::string attribute(const std::string& tag, const std::string& name) {
    std::smatch found;
    return std::regex_search(tag, found, std::regex{"\\b" + name + "=\"([^\"]*)\""}) ? found[1].str() : "";
}

/// The properties of org.haulier.Haulier1.Job.xml, by name.
std::map<std::string, Promise> promises() {
    auto xml = test::document("dbus/org.haulier.Haulier1.Job.xml");
    for (size_t start; (start = xml.find("<!--")) != std::string::npos;)
        xml.erase(start, xml.find("-->", start) + 3 - start);
    std::map<std::string, Promise> all;
    Promise* current = nullptr;
    const std::regex tag{"<(property|annotation|/property|method)\\b[^>]*>"};
    for (std::sregex_iterator it{xml.begin(), xml.end(), tag}, end; it != end; ++it) {
        auto text = it->str();
        auto kind = (*it)[1].str();
        if (kind == "property") {
            current = &all[attribute(text, "name")];
            current->type = attribute(text, "type");
            current->writable = attribute(text, "access") == "readwrite";
            if (text.ends_with("/>")) current = nullptr;
        } else if (kind == "annotation") {
            if (current) current->annotations[attribute(text, "name")] = attribute(text, "value");
        } else {
            current = nullptr;
        }
    }
    return all;
}

std::string emits_of(const JobProperty& property) {
    switch (property.emits) {
    case sdbus::Flags::EMITS_CHANGE_SIGNAL: return "true";
    case sdbus::Flags::EMITS_INVALIDATION_SIGNAL: return "invalidates";
    case sdbus::Flags::EMITS_NO_SIGNAL: return "false";
    case sdbus::Flags::CONST_PROPERTY_VALUE: return "const";
    }
    return {};
}

TEST(JobTable, IsTheContract) {
    auto promised = promises();
    ASSERT_GT(promised.size(), 40u);
    Names names;
    for (const auto& property : job_properties()) {
        SCOPED_TRACE(property.name);
        EXPECT_TRUE(names.insert(property.name).second);
        ASSERT_TRUE(promised.contains(property.name));
        const auto& promise = promised[property.name];
        EXPECT_EQ(property.signature, promise.type);
        EXPECT_EQ(static_cast<bool>(property.take), promise.writable);
        auto emits = promise.annotations.find("org.freedesktop.DBus.Property.EmitsChangedSignal");
        EXPECT_EQ(emits_of(property), emits == promise.annotations.end() ? "true" : emits->second);
    }
    EXPECT_EQ(names.size(), promised.size());
}

/// What an annotation would say of it.
std::string text_of(const std::string& value) {
    return value;
}
template <std::unsigned_integral T>
std::string text_of(T value) {
    if constexpr (std::is_same_v<T, bool>) return value ? "true" : "false";
    return std::to_string(value);
}
std::string text_of(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, " "));
}
std::string text_of(const NameAndPath& value) {
    return fmt::format("'{}' {}", std::get<0>(value), std::string{std::get<1>(value)});
}

template <class T>
std::vector<std::string_view> words_of(const T& /*value*/) {
    if constexpr (job::NamedEnum<T> || job::NamedFlags<T>) return job::words_of<T>();
    return {};
}
template <job::NamedEnum T>
std::vector<std::string_view> words_of(const std::optional<T>& /*value*/) {
    return job::words_of<T>();
}

/// Annotations of the contract say the same as the table. What is required has no default there, nor has what
/// depends on other properties.
TEST(JobTable, HasTheDefaultsWordsAndLengthsOfTheContract) {
    auto promised = promises();
    const job::Settings defaults;
    job::for_each_setting([&]<class Row>(const Row& row) {
        if (row.access == job::Access::WriteOnly || row.access == job::Access::Internal) return;
        SCOPED_TRACE(row.name);
        auto annotation = [&](const std::string& name) {
            const auto& all = promised[std::string{row.name}].annotations;
            auto found = all.find("org.haulier.Haulier1." + name);
            return found == all.end() ? std::nullopt : std::optional{found->second};
        };
        if constexpr (!std::is_same_v<typename Row::Value, std::vector<job::Credentials>>) {
            auto value = text_of(Encoding<typename Row::Value>::encode(row.in(defaults)));
            bool has_default = row.name != "DisplayName" && !row.shown;
            EXPECT_EQ(annotation("Default").value_or(has_default ? "none" : value), value);
        }
        auto words = words_of(row.in(defaults));
        EXPECT_EQ(test::matches(annotation("Values").value_or(""), "([a-z0-9-]+)"),
                  std::set<std::string>(words.begin(), words.end()));
        if (row.longest != 0) {
            EXPECT_EQ(annotation("MaximumLength"), std::to_string(row.longest) + " characters");
        }
    });
}

// ---- PropertiesChanged ----

class Changes : public testing::Test {
protected:
    Names announced(const job::Job& before, const job::Job& after) {
        const daemon::JobRecord record{after, files_};
        Names names;
        for (const auto& [name, value] : changed_values({record, before, {}, {}}, {record, after, {}, {}}))
            names.insert(name);
        return names;
    }
    std::vector<job::File> files_;
    daemon::JobRecord empty_{job::Job{}, {}};
};

TEST_F(Changes, AnnounceWhatDiffers) {
    job::Job before;
    auto after = before;
    EXPECT_EQ(announced(before, after), Names{});
    after.display_name = "another";
    after.http.headers = {"X-One: 1"};
    EXPECT_EQ(announced(before, after), (Names{"DisplayName", "CustomHeaders"}));
}

TEST_F(Changes, AnnounceANewOwner) {
    job::Job before;
    auto after = before;
    after.owner = 1000;
    EXPECT_EQ(announced(before, after), Names{"Owner"});
}

TEST_F(Changes, AnnounceWhatFollowsFromOthers) {
    job::Job before;
    auto after = before;
    after.priority = job::Priority::Foreground;
    EXPECT_EQ(announced(before, after), (Names{"Priority", "NetworkCost"})) << "its default changes, too";
    after = before;
    after.state = job::State::Queued;
    EXPECT_EQ(announced(before, after),
              (Names{"State", "WaitReason", "BytesTotal", "BytesTransferred", "BytesKnown", "FilesUnsized"}));
}

TEST_F(Changes, ARateEndsWithTheTransfer) {
    job::Job before;
    before.state = job::State::Transferring;
    auto after = before;
    after.state = job::State::Queued;
    daemon::JobRecord record{before, files_};
    record.rate = 1000;
    auto rate = [&](const job::Job& job) {
        return values_of({record, job, {}, {}}, {RateProperty}).at("Rate").get<uint64_t>();
    };
    EXPECT_EQ(rate(before), 1000u);
    EXPECT_EQ(rate(after), 0u);
    EXPECT_TRUE(announced(before, after).contains("Rate"));
    EXPECT_FALSE(announced(after, before).contains("Rate"));
}

TEST_F(Changes, AJobThatDoesNotRunDoesNotYield) {
    job::Job before;
    before.state = job::State::Transferring;
    auto after = before;
    after.state = job::State::Queued;
    daemon::JobRecord record{before, files_};
    record.yields = true;
    auto yields = [&](const job::Job& job) {
        return values_of({record, job, {}, {}}, {YieldsProperty}).at("Yields").get<bool>();
    };
    EXPECT_TRUE(yields(before));
    EXPECT_FALSE(yields(after));
    EXPECT_TRUE(announced(before, after).contains("Yields"));
}

TEST_F(Changes, AnnounceOnlyStatesThatClientsKnow) {
    job::Job before;
    before.state = job::State::Transferred;
    auto after = before;
    after.state = job::State::Publishing;
    EXPECT_EQ(announced(before, after), Names{"WaitReason"});
}

TEST_F(Changes, AnnounceTheReplyFileWithTheFirstFile) {
    job::Job before;
    before.type = job::Type::UploadReply;
    auto after = before;
    after.files_total = 1;
    files_.resize(1);
    files_[0].spec.local = "/srv/a";
    EXPECT_EQ(announced(before, after), (Names{"FilesTotal", "BytesTotal", "BytesKnown", "FilesUnsized",
                                               "ReplyFileName", "Target", "WaitReason"}));
    after.state = job::State::Queued;
    before = after;
    after.modified = WallTime{Usec{1}};
    EXPECT_EQ(announced(before, after), Names{}) << "read it when you need it";
}

TEST_F(Changes, EveryNameThatIsAnnouncedByItselfHasARow) {
    auto values =
        values_of({empty_, empty_.durable(), {}, {}},
                  {WaitReasonProperty, NotifyObjectProperty, BytesTotalProperty, BytesTransferredProperty,
                   BytesKnownProperty, FilesUnsizedProperty, RateProperty});
    EXPECT_EQ(values.size(), 7u);
}

TEST_F(Changes, AVisibilityThatIsNotChosenIsThatOfTheBus) {
    JobView view{empty_, empty_.durable(), {}, {}};
    auto shown = [&] { return values_of(view, {"Visibility"}).at("Visibility").get<std::string>(); };
    EXPECT_EQ(shown(), "full");
    view.usual_visibility = job::Visibility::Hidden;
    EXPECT_EQ(shown(), "hidden");
}

TEST_F(Changes, ATargetIsAnnouncedWhenItsNameMayHaveChanged) {
    auto before = empty_.durable();
    before.files_total = 1;
    files_.resize(1);
    auto after = before;
    after.state = job::State::Transferring;
    EXPECT_FALSE(announced(before, after).contains("Target"));
    files_[0].spec.existing = job::Existing::Rename;
    EXPECT_TRUE(announced(before, after).contains("Target"));
}

TEST_F(Changes, ListedValuesAreASummary) {
    Names names;
    for (const auto& [name, value] : listed_values({empty_, empty_.durable(), {}, {}}))
        names.insert(name);
    EXPECT_EQ(names, (Names{"Id",          "Type",         "Key",
                            "Owner",       "DisplayName",  "State",
                            "WaitReason",  "BytesTotal",   "BytesTransferred",
                            "BytesKnown",  "FilesUnsized", "Rate",
                            "Yields",      "FilesTotal",   "FilesTransferred",
                            "FilesFailed", "CreationTime", "Error",
                            "Visibility",  "AppId",        "Target"}));
}

} // namespace

} // namespace haulier::bus
