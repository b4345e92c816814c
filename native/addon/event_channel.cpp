#include "event_channel.hpp"

#include "convert.hpp"

#include <iterator>

namespace graffiti::addon {

std::shared_ptr<EventChannel> EventChannel::open(Napi::Env env, const Napi::Function & callback) {
    auto channel = std::make_shared<EventChannel>();
    channel->function_ = Napi::ThreadSafeFunction::New(env, callback, "graffiti events", 0, 1);
    channel->function_.Unref(env);
    return channel;
}

void EventChannel::push(std::vector<Event> && events) {
    {
        const std::lock_guard lock(mutex_);
        std::move(events.begin(), events.end(), std::back_inserter(waiting_));
        if (scheduled_) {
            return;
        }
        scheduled_ = true;
    }
    // A status other than ok means that the environment is closing: nobody listens any more.
    function_.NonBlockingCall([self = shared_from_this()](Napi::Env env, Napi::Function callback) {
        if (env != nullptr && callback != nullptr) {
            self->deliver(env, callback);
        }
    });
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
        if (std::holds_alternative<FinishEvent>(events[i]) && --running_ == 0 && !closed_) {
            function_.Unref(env);
        }
    }
    callback.Call({array});
}

void EventChannel::request_started(Napi::Env env) {
    if (running_++ == 0) {
        function_.Ref(env);
    }
}

void EventChannel::close() {
    if (!closed_) {
        closed_ = true;
        function_.Release();
    }
}

}  // namespace graffiti::addon
