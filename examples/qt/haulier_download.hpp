// SPDX-License-Identifier: LGPL-2.1-or-later
// A download that goes on without the app. It is found or created by its key, and gets its name when it has
// arrived. Copy this file and haulier_types.hpp into your app; CMakeLists.txt has the proxies. Works with Qt
// 5 and Qt 6.
#pragma once

#include "haulier_types.hpp"
#include "job_proxy.h"
#include "manager_proxy.h"

#include <QDBusServiceWatcher>
#include <QDir>
#include <QFileInfo>
#include <utility>

/// The object that Haulier calls at the end. The app may delete it: the download goes on, and the next
/// start() with the same key finds it.
class HaulierDownload : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.haulier.Haulier1.Callback")
    using Manager = OrgHaulierHaulier1ManagerInterface;
    using Job = OrgHaulierHaulier1JobInterface;
    using Created = QDBusPendingReply<QDBusObjectPath, QString, bool>;

public:
    explicit HaulierDownload(QObject* parent = nullptr, QDBusConnection bus = QDBusConnection::sessionBus())
        : QObject(parent), bus_(bus), daemon_(Name, bus_, QDBusServiceWatcher::WatchForOwnerChange) {
        register_haulier_types();
        connect(&daemon_, &QDBusServiceWatcher::serviceOwnerChanged, this, &HaulierDownload::daemon_changed);
    }
    ~HaulierDownload() override { bus_.unregisterObject(path_); }

    /// `options` are those of CreateJob, such as Priority and NotifyService. An earlier download that has not
    /// ended goes on, as if the app had deleted its object.
    void start(const QString& key, const QString& url, const QString& file, QVariantMap options = {}) {
        leave();
        const QFileInfo target(QDir(), file);
        options["Key"] = key;
        options["Files"] = QVariant::fromValue(HaulierFiles{{url, target.absoluteFilePath(), {}}});
        options["NotifyObject"] = QVariant::fromValue(QDBusObjectPath(path_));
        options["Resume"] = true;
        is_over_ = false;
        Manager manager(Name, "/org/haulier/Haulier1", bus_);
        created_ = manager.CreateJob(target.fileName(), "download", options);
        after(created_, [this](const QDBusPendingCall& call) {
            if (is_over_ || is_refused(call)) return; // JobTransferred, JobError or cancel() came first
            const Created created = call;
            follow(created.value().path(), created.argumentAt<2>());
        });
    }
    void cancel() {
        if (std::exchange(is_over_, true)) return;
        if (job_.isEmpty()) return cancel_when_created();
        Job(Name, job_, bus_).Cancel();
    }

Q_SIGNALS:
    void progress(qulonglong done, qlonglong total); ///< total is -1 while it is not known
    void finished();
    void failed(const QString& name, const QString& message);

public Q_SLOTS:
    Q_SCRIPTABLE void JobTransferred(const QDBusObjectPath& path, const QString&, const QDBusMessage& call) {
        if (call.path() != path_ || std::exchange(is_over_, true)) return; // of an earlier job, or repeated
        after(Job(Name, path.path(), bus_).Complete(), [this](const QDBusPendingCall& call) {
            const bool by_itself = call.isError() && call.error().name().endsWith("Error.InvalidState");
            if (by_itself || !is_refused(call)) Q_EMIT finished();
        });
    }
    Q_SCRIPTABLE void JobError(const QDBusObjectPath& path, const QString&, const HaulierError& error,
                               const QDBusMessage& call) {
        if (call.path() != path_ || std::exchange(is_over_, true)) return;
        after(Job(Name, path.path(), bus_).Cancel(),
              [this, error](const QDBusPendingCall&) { Q_EMIT failed(error.name, error.message); });
    }
    void properties_changed(const QString&, const QVariantMap& values, const QDBusMessage& signal) {
        if (is_over_ || signal.path() != job_) return;
        state_ = values.value("State", state_).toString();
        total_ = values.value("BytesTotal", total_).toULongLong();
        if (!values.contains("BytesTransferred")) return;
        Q_EMIT progress(values["BytesTransferred"].toULongLong(), static_cast<qlonglong>(total_));
    }

private:
    /// Each start() has an object of its own, so that calls about earlier jobs are not mistaken for those
    /// about the new one.
    void leave() {
        static int number = 0;
        bus_.unregisterObject(path_);
        path_ = QString("/org/haulier/Download/%1").arg(++number);
        bus_.registerObject(path_, this, QDBusConnection::ExportScriptableSlots);
        if (!job_.isEmpty()) bus_.disconnect(Name, job_, Properties, "PropertiesChanged", this, Changed);
        job_.clear();
        state_.clear();
        total_ = ~0ULL;
    }
    /// The app may delete this object meanwhile.
    void cancel_when_created() {
        auto* watcher = new QDBusPendingCallWatcher(created_);
        connect(watcher, &QDBusPendingCallWatcher::finished, [bus = bus_](QDBusPendingCallWatcher* done) {
            done->deleteLater();
            const Created created = *done;
            if (!created.isError()) Job(Name, created.value().path(), bus).Cancel();
        });
    }
    /// `then` is not called after another start().
    template <class Then>
    void after(const QDBusPendingCall& call, Then then) {
        auto* watcher = new QDBusPendingCallWatcher(call, this);
        connect(watcher, &QDBusPendingCallWatcher::finished, this,
                [this, then, path = path_](QDBusPendingCallWatcher* done) {
                    done->deleteLater();
                    if (path == path_) then(*done);
                });
    }
    /// Tells the app if the call was refused.
    bool is_refused(const QDBusPendingCall& call) {
        if (!call.isError()) return false;
        is_over_ = true;
        Q_EMIT failed(call.error().name(), call.error().message());
        return true;
    }
    void follow(const QString& path, bool created) {
        job_ = path;
        bus_.connect(Name, path, Properties, "PropertiesChanged", this, Changed);
        if (!created) claim();
    }
    /// Has Haulier call this object, also about what has happened already.
    void claim() {
        after(Job(Name, job_, bus_).SetNotifyObject(QDBusObjectPath(path_)),
              [this](const QDBusPendingCall& call) { is_refused(call); });
    }
    /// The daemon forgets objects when it ends. If it was killed while there was work, the call starts it
    /// again.
    void daemon_changed(const QString&, const QString&, const QString& owner) {
        if (!is_over_ && !job_.isEmpty() && (!owner.isEmpty() || state_ != "suspended")) claim();
    }
    static inline const QString Name = QStringLiteral("org.haulier.Haulier1");
    static inline const QString Properties = QStringLiteral("org.freedesktop.DBus.Properties");
    static constexpr auto Changed = SLOT(properties_changed(QString, QVariantMap, QDBusMessage));
    QDBusConnection bus_;
    QDBusServiceWatcher daemon_;
    QString path_; ///< of the object that Haulier calls
    Created created_;
    QString job_; ///< empty until there is a reply to CreateJob
    bool is_over_ = true;
    QString state_;
    qulonglong total_ = ~0ULL;
};
