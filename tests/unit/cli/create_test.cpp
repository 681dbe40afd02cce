// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/create.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace haulier::cli {
namespace {

using testing::HasSubstr;

const std::string Url = "https://example.org/film.iso";

TEST(NewFileFor, IsNamedAfterTheUrlInADirectory) {
    EXPECT_EQ(new_file(Url, "/nowhere/x")->local, "/nowhere/x");
    EXPECT_EQ(new_file(Url, "/tmp")->local, "/tmp/film.iso");
    EXPECT_EQ(new_file(Url, "/nowhere/")->local, "/nowhere/film.iso");
    EXPECT_EQ(new_file(Url, "")->local, *absolute_path("film.iso"));
}

TEST(NewFileFor, RefusesWhatAFileCannotReplace) {
    for (const char* target : {"-", "/dev/stdout", "/dev/fd/1", "/dev/null"}) {
        auto file = new_file(Url, target);
        ASSERT_FALSE(file) << target;
        EXPECT_EQ(file.error().code, Exit::Usage);
    }
    EXPECT_EQ(new_file(Url, "./-")->local, *absolute_path("-"));
}

TEST(NewFileFor, NeedsAUrlAndAName) {
    EXPECT_THAT(new_file("film.iso", "x").error().message, HasSubstr("is not a URL"));
    EXPECT_THAT(new_file("https://example.org/", "").error().message, HasSubstr("add FILE"));
    EXPECT_TRUE(new_file("https://example.org/", "/nowhere/x"));
}

TEST(NewFileFor, TakesTheOptionsOfTheFile) {
    auto file = new_file(Url, "/x", {"md5:00", {"https://mirror.example.org/film.iso"}, {"0:10", "20:"}});
    ASSERT_TRUE(file);
    EXPECT_EQ(file->checksum, "md5:00");
    EXPECT_EQ(file->mirrors.size(), 1U);
    EXPECT_EQ(file->ranges, (std::vector<Range>{{0, 10}, {20, ToEnd}}));
    EXPECT_FALSE(new_file(Url, "/x", {"", {}, {"ten"}}));
}

std::vector<NewFile> files() {
    return {NewFile{Url, "/srv/film.iso", {}, {}, {}}};
}

TEST(NewJobFor, IsNamedAfterItsFirstFileUnlessANameIsGiven) {
    EXPECT_EQ(new_job({}, files())->name, "film.iso");
    JobOptions options;
    options.properties = {"DisplayName=set"};
    EXPECT_EQ(new_job(options, files())->name, "set");
    EXPECT_FALSE(new_job(options, files())->properties.count("DisplayName")) << "it is an argument";
    options.name = "named";
    EXPECT_EQ(new_job(options, files())->name, "named");
}

TEST(NewJobFor, PrefersTheOptionToTheProperty) {
    JobOptions options;
    options.properties = {"Priority=low", "AutoComplete=yes"};
    options.priority = "high";
    options.description = "text";
    options.notify_flags = {"error"};
    auto job = new_job(options, files());
    ASSERT_TRUE(job);
    EXPECT_EQ(job->properties.at("Priority"), Value{std::string{"high"}});
    EXPECT_EQ(job->properties.at("AutoComplete"), Value{true});
    EXPECT_EQ(job->properties.at("Description"), Value{std::string{"text"}});
    EXPECT_EQ(job->properties.at("NotifyFlags"), Value{std::vector<std::string>{"error"}});
}

TEST(NewJobFor, ChecksTheNotifyService) {
    JobOptions options;
    options.notify_path = "/here";
    EXPECT_THAT(new_job(options, files()).error().message, HasSubstr("--notify-service"));
    options.notify_service = "org.example.App";
    EXPECT_EQ(new_job(options, files())->notify_service, (Service{"org.example.App", "/here"}));
    options.notify_path = "here";
    EXPECT_THAT(new_job(options, files()).error().message, HasSubstr("object path"));
}

} // namespace
TEST(Create, ADownloadOfSeveralFilesGoesOnWithoutTheBadOnes) {
    EXPECT_EQ(new_download({}, files())->properties.count("OnFileError"), 0u) << "one file";
    std::vector<NewFile> two{files().front(), files().front()};
    EXPECT_EQ(new_download({}, two)->properties.at("OnFileError"), Value{std::string{"continue"}});
    JobOptions options;
    options.properties = {"OnFileError=stop"};
    EXPECT_EQ(new_download(options, two)->properties.at("OnFileError"), Value{std::string{"stop"}});
}

TEST(Create, ADownloadGetsTheUsersPermissions) {
    auto before = umask(027);
    auto job = new_download({}, files());
    umask(before);
    EXPECT_EQ(job->properties.at("Umask"), Value{uint32_t{027}});
    EXPECT_EQ(new_job({}, files())->properties.count("Umask"), 0u);
}

} // namespace haulier::cli
