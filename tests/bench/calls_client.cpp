// SPDX-License-Identifier: LGPL-2.1-or-later
// A client that makes many calls and measures them, for jobs_bench.py. It prints one line for each kind of
// call: its name, calls a second, the median and the 99th percentile of the answer time in microseconds, and
// the microseconds of CPU time that the daemon used for one call.
//
// calls-client FOLDER verbs COUNT
//     creates jobs, and calls AddFile, Resume and Cancel, one call at a time
// calls-client FOLDER create COUNT FLIGHT
//     creates suspended jobs of one file, with FLIGHT calls in flight
// calls-client FOLDER wait COUNT
//     as `create`, but the jobs wait for a date
// calls-client FOLDER queue COUNT SERVER
//     as `create`, but the jobs are resumed; their files are at SERVER, such as http://127.0.0.1:80
// calls-client FOLDER list
//     lists all jobs in pages, and reads a property all the while
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fmt/core.h>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <systemd/sd-bus.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr const char* Name = "org.haulier.Haulier1";
constexpr const char* Root = "/org/haulier/Haulier1";
constexpr const char* Manager = "org.haulier.Haulier1.Manager";
constexpr const char* Job = "org.haulier.Haulier1.Job";
constexpr uint64_t NoLimit = 0;

int must(int result, const char* what) {
    if (result < 0) throw std::runtime_error(fmt::format("{}: error {}", what, -result));
    return result;
}

struct Unref {
    void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
    void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Bus = std::unique_ptr<sd_bus, Unref>;
using Message = std::unique_ptr<sd_bus_message, Unref>;

Bus connect() {
    sd_bus* bus = nullptr;
    must(sd_bus_open_user(&bus), "sd_bus_open_user");
    return Bus{bus};
}

uint32_t daemon_pid(sd_bus* bus) {
    sd_bus_message* reply = nullptr;
    uint32_t pid = 0;
    must(sd_bus_call_method(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                            "GetConnectionUnixProcessID", nullptr, &reply, "s", Name),
         "GetConnectionUnixProcessID");
    Message owned{reply};
    must(sd_bus_message_read(reply, "u", &pid), "reading the number of the process");
    return pid;
}

/// Of its main thread, in microseconds.
double cpu_time(uint32_t pid) {
    double nanoseconds = 0;
    std::ifstream{fmt::format("/proc/{}/schedstat", pid)} >> nanoseconds;
    return nanoseconds / 1000;
}

class Measure {
public:
    Measure(std::string name, uint32_t pid)
        : name_(std::move(name)), pid_(pid), begin_(Clock::now()), cpu_(cpu_time(pid)) {}
    void answered(Clock::time_point asked) { took_.push_back(Microseconds(Clock::now() - asked).count()); }
    void print() {
        auto wall = Microseconds(Clock::now() - begin_).count();
        auto cpu = cpu_time(pid_) - cpu_;
        auto count = static_cast<double>(took_.size());
        std::sort(took_.begin(), took_.end());
        fmt::print("{:<12} {:>9.0f} {:>9.0f} {:>9.0f} {:>9.0f}\n", name_, 1e6 * count / wall,
                   took_[took_.size() / 2], took_[took_.size() * 99 / 100], cpu / count);
    }

private:
    std::string name_;
    uint32_t pid_;
    Clock::time_point begin_;
    double cpu_;
    std::vector<double> took_;
};

/// What the options of a new job say.
struct Wanted {
    bool file = true;
    bool resume = false;
    bool date = false; ///< of tomorrow
    std::string server = "http://127.0.0.1:1";
};

Message create_call(sd_bus* bus, const std::string& folder, unsigned number, const Wanted& wanted) {
    sd_bus_message* call = nullptr;
    must(sd_bus_message_new_method_call(bus, &call, Name, Root, Manager, "CreateJob"), "CreateJob");
    Message owned{call};
    auto title = fmt::format("job {}", number);
    must(sd_bus_message_append(call, "ss", title.c_str(), "download"), "CreateJob");
    must(sd_bus_message_open_container(call, 'a', "{sv}"), "CreateJob");
    if (wanted.file) {
        auto remote = fmt::format("{}/pool/main/h/haulier/package-{}.deb", wanted.server, number);
        auto local = fmt::format("{}/package-{}.deb", folder, number);
        must(sd_bus_message_append(call, "{sv}", "Files", "a(ssa{sv})", 1, remote.c_str(), local.c_str(), 0),
             "CreateJob");
    }
    if (wanted.resume) must(sd_bus_message_append(call, "{sv}", "Resume", "b", 1), "CreateJob");
    if (wanted.date) {
        auto tomorrow = std::chrono::system_clock::now() + std::chrono::hours{24};
        auto date =
            std::chrono::duration_cast<std::chrono::microseconds>(tomorrow.time_since_epoch()).count();
        must(sd_bus_message_append(call, "{sv}", "NotBefore", "t", static_cast<uint64_t>(date)), "CreateJob");
    }
    must(sd_bus_message_close_container(call), "CreateJob");
    return owned;
}

Message call(sd_bus* bus, Message message) {
    sd_bus_message* reply = nullptr;
    sd_bus_error error = SD_BUS_ERROR_NULL;
    if (sd_bus_call(bus, message.get(), NoLimit, &error, &reply) < 0)
        throw std::runtime_error(fmt::format("{}: {}", error.name, error.message));
    return Message{reply};
}

Message job_call(sd_bus* bus, const std::string& path, const char* verb) {
    sd_bus_message* call = nullptr;
    must(sd_bus_message_new_method_call(bus, &call, Name, path.c_str(), Job, verb), verb);
    return Message{call};
}

void verbs(sd_bus* bus, const std::string& folder, unsigned count) {
    auto pid = daemon_pid(bus);
    std::vector<std::string> jobs(count);
    auto each = [&](const char* name, const std::function<Message(unsigned)>& make,
                    const std::function<void(unsigned, sd_bus_message*)>& take) {
        Measure measure{name, pid};
        for (unsigned i = 0; i < count; ++i) {
            auto message = make(i);
            auto asked = Clock::now();
            auto reply = call(bus, std::move(message));
            measure.answered(asked);
            take(i, reply.get());
        }
        measure.print();
    };
    auto ignore = [](unsigned, sd_bus_message*) {};
    each(
        "CreateJob", [&](unsigned i) { return create_call(bus, folder, i, {.file = false, .date = true}); },
        [&](unsigned i, sd_bus_message* reply) {
            const char* path = nullptr;
            must(sd_bus_message_read(reply, "o", &path), "reading the path of a job");
            jobs[i] = path;
        });
    each(
        "AddFile",
        [&](unsigned i) {
            auto message = job_call(bus, jobs[i], "AddFile");
            must(sd_bus_message_append(message.get(), "ss", "http://127.0.0.1:1/file",
                                       fmt::format("{}/verb-{}", folder, i).c_str()),
                 "AddFile");
            return message;
        },
        ignore);
    each(
        "Resume", [&](unsigned i) { return job_call(bus, jobs[i], "Resume"); }, ignore);
    each(
        "Cancel", [&](unsigned i) { return job_call(bus, jobs[i], "Cancel"); }, ignore);
}

/// Calls that are made without waiting for the answers to earlier ones.
struct Flight {
    Measure& measure;
    unsigned under_way = 0;
    struct Call {
        Flight& flight;
        Clock::time_point asked;
    };
    static int answered(sd_bus_message* reply, void* data, sd_bus_error*) {
        std::unique_ptr<Call> call{static_cast<Call*>(data)};
        --call->flight.under_way;
        call->flight.measure.answered(call->asked);
        if (sd_bus_message_is_method_error(reply, nullptr) > 0) {
            fmt::print(stderr, "{}\n", sd_bus_message_get_error(reply)->message);
            std::exit(1);
        }
        return 0;
    }
    void start(sd_bus* bus, sd_bus_message* message) {
        ++under_way;
        auto call = std::make_unique<Call>(Call{*this, Clock::now()});
        must(sd_bus_call_async(bus, nullptr, message, &Flight::answered, call.release(), NoLimit),
             "sd_bus_call_async");
    }
};

void turn(sd_bus* bus) {
    if (must(sd_bus_process(bus, nullptr), "sd_bus_process") == 0)
        must(sd_bus_wait(bus, UINT64_MAX), "sd_bus_wait");
}

void create(sd_bus* bus, const std::string& folder, unsigned count, unsigned flight, const Wanted& wanted) {
    Measure measure{"CreateJob", daemon_pid(bus)};
    Flight calls{measure};
    for (unsigned number = 0; number < count || calls.under_way > 0;) {
        if (number < count && calls.under_way < flight)
            calls.start(bus, create_call(bus, folder, number++, wanted).get());
        else
            turn(bus);
    }
    measure.print();
}

void list(sd_bus* bus) {
    auto other = connect();
    auto pid = daemon_pid(bus);
    Measure pages{"ListJobs", pid};
    Measure meanwhile{"meanwhile", pid};
    uint32_t offset = 0;
    for (bool more = true; more;) {
        sd_bus_message* made = nullptr;
        must(sd_bus_message_new_method_call(bus, &made, Name, Root, Manager, "ListJobs"), "ListJobs");
        Message message{made};
        must(sd_bus_message_append(made, "a{sv}", 1, "Offset", "u", offset), "ListJobs");
        struct Page {
            Clock::time_point asked;
            bool is_here = false;
            uint32_t jobs = 0;
        } answer{Clock::now()};
        auto arrived = [](sd_bus_message* reply, void* data, sd_bus_error*) {
            auto& here = *static_cast<Page*>(data);
            here.is_here = true;
            must(sd_bus_message_enter_container(reply, 'a', "(oa{sv})"), "reading jobs");
            while (sd_bus_message_skip(reply, "(oa{sv})") > 0)
                ++here.jobs;
            return 0;
        };
        must(sd_bus_call_async(bus, nullptr, made, arrived, &answer, NoLimit), "ListJobs");
        must(sd_bus_flush(bus), "sd_bus_flush");
        while (!answer.is_here) {
            sd_bus_message* get = nullptr;
            must(sd_bus_message_new_method_call(other.get(), &get, Name, Root,
                                                "org.freedesktop.DBus.Properties", "Get"),
                 "Get");
            must(sd_bus_message_append(get, "ss", Manager, "Jobs"), "Get");
            auto asked = Clock::now();
            call(other.get(), Message{get});
            meanwhile.answered(asked);
            while (sd_bus_process(bus, nullptr) > 0)
                continue;
        }
        pages.answered(answer.asked);
        offset += answer.jobs;
        more = answer.jobs > 0;
    }
    fmt::print("jobs         {}\n", offset);
    pages.print();
    meanwhile.print();
}

void run(const std::vector<std::string>& arguments) {
    auto bus = connect();
    const auto& folder = arguments.at(0);
    const auto& what = arguments.at(1);
    if (what == "list") return list(bus.get());
    auto count = static_cast<unsigned>(std::stoul(arguments.at(2)));
    if (what == "verbs") return verbs(bus.get(), folder, count);
    if (what == "create")
        return create(bus.get(), folder, count, static_cast<unsigned>(std::stoul(arguments.at(3))), {});
    Wanted wanted{.resume = true, .date = what == "wait"};
    if (what == "queue") wanted.server = arguments.at(3);
    create(bus.get(), folder, count, 32, wanted);
}

} // namespace

int main(int argc, char** argv) {
    try {
        run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
