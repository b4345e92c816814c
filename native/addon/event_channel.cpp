#include "event_channel.hpp"

#include "convert.hpp"
#include "environment.hpp"

#include <iterator>

namespace graffiti::addon {

std::shared_ptr<EventChannel> EventChannel::open(Napi::Env env, const Napi::Function & callback) {
    auto channel = std::make_shared<EventChannel>(env, callback);
    channel->function_.hold(env, false);
    return channel;
}

EventChannel::EventChannel(Napi::Env env, const Napi::Function & callback) : function_(env, environment(env).functions, callback, "graffiti events") {}

void EventChannel::push(std::vector<Event> && events) {
    {
        const std::lock_guard lock(mutex_);
        std::move(events.begin(), events.end(), std::back_inserter(waiting_));
        if (scheduled_) {
            return;
        }
        scheduled_ = true;
    }
    function_.call([self = shared_from_this()](Napi::Env env, Napi::Function callback) { self->deliver(env, callback); });
}

void EventChannel::deliver(Napi::Env env, Napi::Function callback) {
    std::vector<Event> events;
    {
        const std::lock_guard lock(mutex_);
        std::swap(events, waiting_);
        scheduled_ = false;
    }
    Napi::Array array = Napi::Array::New(env, events.size());
    for (uint32_t i = 0; i < events.size(); ++i) {
        array.Set(i, to_js(env, events[i], *model_));
        if (std::holds_alternative<FinishEvent>(events[i]) && --running_ == 0) {
            function_.hold(env, false);
        }
    }
    callback.Call({array});
}

void EventChannel::request_started(Napi::Env env) {
    if (running_++ == 0) {
        function_.hold(env, true);
    }
}

void EventChannel::close() {
    function_.close();
}

}  // namespace graffiti::addon
