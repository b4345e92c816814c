// Carries events from the engine thread to one JavaScript callback. Events that come while the
// JavaScript thread is busy wait in one queue and arrive together.
#pragma once

#include "engine.hpp"
#include "safe_function.hpp"

#include <napi.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

namespace graffiti::addon {

class EventChannel : public std::enable_shared_from_this<EventChannel> {
  public:
    // `callback(figures, texts, finished)` is called on the JavaScript thread: a TokenPacket, and an array of finish
    // events, whose tokens all came before or come along.
    static std::shared_ptr<EventChannel> open(Napi::Env env, const Napi::Function & callback);
    EventChannel(Napi::Env env, const Napi::Function & callback);

    // Any thread.
    void push(std::vector<Event> && events);

    // JavaScript thread: while a request runs, the process is kept alive.
    void request_started(Napi::Env env);
    void close();

  private:
    void deliver(Napi::Env env, Napi::Function callback);

    SafeFunction function_;
    size_t running_ = 0;  // JavaScript thread only
    std::mutex mutex_;
    std::vector<Event> waiting_;
    bool scheduled_ = false;
    std::chrono::steady_clock::time_point last_call_;
};

}  // namespace graffiti::addon
