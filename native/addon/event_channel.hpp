// Carries events from the engine thread to one JavaScript callback. Events that come while the
// JavaScript thread is busy wait in one queue and arrive together.
#pragma once

#include "engine.hpp"
#include "safe_function.hpp"

#include <napi.h>

#include <memory>
#include <mutex>
#include <vector>

namespace graffiti::addon {

class EventChannel : public std::enable_shared_from_this<EventChannel> {
  public:
    // `callback(events)` is called on the JavaScript thread.
    static std::shared_ptr<EventChannel> open(Napi::Env env, const Napi::Function & callback);
    EventChannel(Napi::Env env, const Napi::Function & callback);

    // Whose vocabulary the events speak of; before the first event.
    void set_model(std::shared_ptr<const Model> model) { model_ = std::move(model); }

    // Any thread.
    void push(std::vector<Event> && events);

    // JavaScript thread: while a request runs, the process is kept alive.
    void request_started(Napi::Env env);
    void close();

  private:
    void deliver(Napi::Env env, Napi::Function callback);

    std::shared_ptr<const Model> model_;
    SafeFunction function_;
    size_t running_ = 0;  // JavaScript thread only
    std::mutex mutex_;
    std::vector<Event> waiting_;
    bool scheduled_ = false;
};

}  // namespace graffiti::addon
