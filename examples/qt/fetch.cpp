// SPDX-License-Identifier: LGPL-2.1-or-later
// Downloads URL to FILE with Haulier, or goes on with it: fetch URL FILE
#include "haulier_download.hpp"

#include <QCoreApplication>
#include <QTextStream>

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    QTextStream out(stdout);
    auto leave = [&](const QString& text, int status) {
        out << text << Qt::endl;
        app.exit(status);
    };
    HaulierDownload download;
    QObject::connect(&download, &HaulierDownload::progress,
                     [&](qulonglong done) { out << done << " bytes" << Qt::endl; });
    QObject::connect(&download, &HaulierDownload::finished, [&] { leave("complete", 0); });
    QObject::connect(&download, &HaulierDownload::failed,
                     [&](const QString&, const QString& message) { leave(message, 1); });
    download.start(app.arguments().value(1), app.arguments().value(1), app.arguments().value(2));
    return app.exec();
}
