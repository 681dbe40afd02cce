// SPDX-License-Identifier: LGPL-2.1-or-later
// The types that Haulier's interfaces name for Qt, for the proxies that qdbusxml2cpp makes:
//
//   qdbusxml2cpp -i haulier_types.hpp -p manager org.haulier.Haulier1.Manager.xml
//
// Call register_haulier_types() once, before the first call. Works with Qt 5 and Qt 6.
#pragma once

#include <QDBusArgument>
#include <QDBusMetaType>
#include <QDBusObjectPath>
#include <QList>
#include <QMap>
#include <QMetaType>
#include <QString>
#include <QVariantMap>

/// Properties of a job. (oa{sv})
struct HaulierJob {
    QDBusObjectPath path;
    QVariantMap properties;
};
using HaulierJobList = QList<HaulierJob>;

/// What is remembered of a job that has ended. (sa{sv})
struct HaulierEndedJob {
    QString id;
    QVariantMap properties;
};
using HaulierEndedJobList = QList<HaulierEndedJob>;

using HaulierCounters = QMap<QString, qulonglong>;
/// Counters of a user. (ua{st})
struct HaulierStatistics {
    uint owner = 0;
    HaulierCounters counters;
};
using HaulierStatisticsList = QList<HaulierStatistics>;

/// What the jobs of the caller do. (tttuu)
struct HaulierActivity {
    qulonglong bytes_known = 0;
    qulonglong bytes_transferred = 0;
    qulonglong rate = 0;
    uint running = 0;
    uint need_someone = 0;
};

/// A file to transfer. (ssa{sv})
struct HaulierFile {
    QString remote;
    QString local;
    QVariantMap options;
};
using HaulierFiles = QList<HaulierFile>;

/// Properties of a file. (ua{sv})
struct HaulierListedFile {
    uint index = 0;
    QVariantMap properties;
};
using HaulierFileList = QList<HaulierListedFile>;

/// Offset and length. (tt)
struct HaulierRange {
    qulonglong offset = 0;
    qulonglong length = 0;
};
using HaulierRanges = QList<HaulierRange>;

/// Numbers of files. (au)
using HaulierIndexes = QList<uint>;

/// Why a job does not run, and until when. (st)
struct HaulierWaitReason {
    QString reason;
    qulonglong until = 0;
};

/// Who is notified. (so)
struct HaulierNotifyTarget {
    QString name;
    QDBusObjectPath path;
};

/// Why a job has failed. (ssisu)
struct HaulierError {
    QString context;
    QString name;
    int code = 0;
    QString message;
    uint file = 0;
};

// How each is written into a message and read from it: its members in their order.

template <class... Members>
QDBusArgument& haulier_write(QDBusArgument& to, const Members&... members) {
    to.beginStructure();
    (void(to << members), ...);
    to.endStructure();
    return to;
}

template <class... Members>
const QDBusArgument& haulier_read(const QDBusArgument& from, Members&... members) {
    from.beginStructure();
    (void(from >> members), ...);
    from.endStructure();
    return from;
}

#define HAULIER_MEMBERS(Type, ...)                                                                           \
    inline QDBusArgument& operator<<(QDBusArgument& to, const Type& v) {                                     \
        return haulier_write(to, __VA_ARGS__);                                                               \
    }                                                                                                        \
    inline const QDBusArgument& operator>>(const QDBusArgument& from, Type& v) {                             \
        return haulier_read(from, __VA_ARGS__);                                                              \
    }                                                                                                        \
    Q_DECLARE_METATYPE(Type)

HAULIER_MEMBERS(HaulierJob, v.path, v.properties)
HAULIER_MEMBERS(HaulierEndedJob, v.id, v.properties)
HAULIER_MEMBERS(HaulierStatistics, v.owner, v.counters)
HAULIER_MEMBERS(HaulierActivity, v.bytes_known, v.bytes_transferred, v.rate, v.running, v.need_someone)
HAULIER_MEMBERS(HaulierFile, v.remote, v.local, v.options)
HAULIER_MEMBERS(HaulierListedFile, v.index, v.properties)
HAULIER_MEMBERS(HaulierRange, v.offset, v.length)
HAULIER_MEMBERS(HaulierWaitReason, v.reason, v.until)
HAULIER_MEMBERS(HaulierNotifyTarget, v.name, v.path)
HAULIER_MEMBERS(HaulierError, v.context, v.name, v.code, v.message, v.file)

inline void register_haulier_types() {
    qDBusRegisterMetaType<HaulierCounters>();
    qDBusRegisterMetaType<HaulierJob>();
    qDBusRegisterMetaType<HaulierJobList>();
    qDBusRegisterMetaType<HaulierEndedJob>();
    qDBusRegisterMetaType<HaulierEndedJobList>();
    qDBusRegisterMetaType<HaulierStatistics>();
    qDBusRegisterMetaType<HaulierStatisticsList>();
    qDBusRegisterMetaType<HaulierActivity>();
    qDBusRegisterMetaType<HaulierFile>();
    qDBusRegisterMetaType<HaulierFiles>();
    qDBusRegisterMetaType<HaulierListedFile>();
    qDBusRegisterMetaType<HaulierFileList>();
    qDBusRegisterMetaType<HaulierRange>();
    qDBusRegisterMetaType<HaulierRanges>();
    qDBusRegisterMetaType<HaulierIndexes>();
    qDBusRegisterMetaType<HaulierWaitReason>();
    qDBusRegisterMetaType<HaulierNotifyTarget>();
    qDBusRegisterMetaType<HaulierError>();
}
