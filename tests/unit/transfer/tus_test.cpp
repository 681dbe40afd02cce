// SPDX-License-Identifier: LGPL-2.1-or-later
// Responses of servers with and without tus.
#include "transfer/tus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haulier::transfer {
namespace {

HttpResponse answer_of(const std::vector<std::string>& lines) {
    HeadReader reader;
    for (const auto& line : lines)
        reader.line(line + "\r\n");
    reader.line("\r\n");
    return reader.response();
}

TEST(TusOffer, AServerThatCreatesUploads) {
    EXPECT_EQ(upload_protocol(answer_of({"HTTP/1.1 204 No Content", "Tus-Resumable: 1.0.0",
                                         "Tus-Version: 1.0.0,0.2.2", "Tus-Extension: creation,expiration"})),
              UploadProtocol::TusCreate);
    EXPECT_EQ(upload_protocol(
                  answer_of({"HTTP/2 200", "tus-resumable: 1.0.0", "tus-extension: expiration , creation "})),
              UploadProtocol::TusCreate);
}

TEST(TusOffer, ALimitOfZeroIsNone) {
    EXPECT_EQ(answer_of({"HTTP/1.1 204 No Content", "Tus-Max-Size: 1000"}).tus.max_size, 1000);
    EXPECT_EQ(answer_of({"HTTP/1.1 204 No Content", "Tus-Max-Size: 0"}).tus.max_size, std::nullopt);
}

TEST(TusPieces, AreHalvedDownTo64KiB) {
    EXPECT_EQ(smaller_piece(1'000'000), 500'000);
    EXPECT_EQ(smaller_piece(100'000), 65'536);
    EXPECT_EQ(smaller_piece(65'536), std::nullopt);
    EXPECT_EQ(smaller_piece(1), std::nullopt);
}

TEST(TusOffer, TheVersionMayBeInTheListAlone) {
    EXPECT_EQ(upload_protocol(
                  answer_of({"HTTP/1.1 200 OK", "Tus-Version: 0.2.2, 1.0.0", "Tus-Extension: creation"})),
              UploadProtocol::TusCreate);
    EXPECT_EQ(
        upload_protocol(answer_of({"HTTP/1.1 200 OK", "Tus-Version: 0.2.2", "Tus-Extension: creation"})),
        UploadProtocol::Put);
}

TEST(TusOffer, WithoutCreationTheUrlIsTheUpload) {
    EXPECT_EQ(upload_protocol(answer_of({"HTTP/1.1 204 No Content", "Tus-Resumable: 1.0.0"})),
              UploadProtocol::TusUpload);
    EXPECT_EQ(upload_protocol(answer_of({"HTTP/1.1 204 No Content", "Tus-Resumable: 1.0.0",
                                         "Tus-Extension: creation-with-upload"})),
              UploadProtocol::TusUpload)
        << "the name of another extension";
}

TEST(TusOffer, WhoDoesNotSpeakItTakesPut) {
    EXPECT_EQ(upload_protocol(answer_of({"HTTP/1.1 200 OK", "Allow: GET, PUT, OPTIONS"})),
              UploadProtocol::Put);
    EXPECT_EQ(upload_protocol(answer_of({"HTTP/1.1 204 No Content", "Tus-Resumable: 2.0.0"})),
              UploadProtocol::Put);
    for (const char* status : {"301", "400", "401", "403", "404", "405", "500", "501"})
        EXPECT_EQ(
            upload_protocol(answer_of({std::string{"HTTP/1.1 "} + status + " No", "Tus-Resumable: 1.0.0"})),
            UploadProtocol::Put)
            << status;
}

TEST(TusOffer, ABusyServerSaysNothing) {
    for (const char* status : {"408", "429", "502", "503", "504"})
        EXPECT_EQ(upload_protocol(answer_of({std::string{"HTTP/1.1 "} + status + " Later"})),
                  UploadProtocol::Busy)
            << status;
}

TEST(TusOffset, IsBelievedWithinTheFile) {
    EXPECT_EQ(received_bytes(answer_of({"HTTP/1.1 200 OK", "Upload-Offset: 70", "Upload-Length: 100"}), 100),
              70u);
    EXPECT_EQ(received_bytes(answer_of({"HTTP/1.1 204 No Content", "Upload-Offset: 100"}), 100), 100u);
    EXPECT_EQ(received_bytes(answer_of({"HTTP/1.1 200 OK", "Upload-Offset: 0"}), 0), 0u);
}

TEST(TusOffset, ThatMakesNoSenseIsNone) {
    EXPECT_EQ(received_bytes(answer_of({"HTTP/1.1 200 OK"}), 100), std::nullopt);
    EXPECT_EQ(received_bytes(answer_of({"HTTP/1.1 200 OK", "Upload-Offset: 101"}), 100), std::nullopt);
    EXPECT_EQ(received_bytes(answer_of({"HTTP/1.1 200 OK", "Upload-Offset: -1"}), 100), std::nullopt);
    EXPECT_EQ(received_bytes(answer_of({"HTTP/1.1 200 OK", "Upload-Offset: 5 bytes"}), 100), std::nullopt);
    EXPECT_EQ(received_bytes(answer_of({"HTTP/1.1 200 OK", "Upload-Offset: 5", "Upload-Length: 99"}), 100),
              std::nullopt)
        << "the upload of another file";
}

TEST(TusHeaders, Creation) {
    EXPECT_THAT(creation_headers("a", 100), testing::ElementsAre("Tus-Resumable: 1.0.0", "Upload-Length: 100",
                                                                 "Upload-Metadata: filename YQ=="));
    EXPECT_EQ(creation_headers("ab", 0).back(), "Upload-Metadata: filename YWI=");
    EXPECT_EQ(creation_headers("abc", 0).back(), "Upload-Metadata: filename YWJj");
    EXPECT_EQ(creation_headers("ü.txt", 0).back(), "Upload-Metadata: filename w7wudHh0");
    EXPECT_EQ(creation_headers("\xff\xfe\xff", 0).back(), "Upload-Metadata: filename //7/");
}

TEST(TusHeaders, Piece) {
    EXPECT_THAT(patch_headers(70), testing::ElementsAre("Tus-Resumable: 1.0.0", "Upload-Offset: 70",
                                                        "Content-Type: application/offset+octet-stream"));
}

} // namespace
} // namespace haulier::transfer
