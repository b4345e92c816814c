#include "event_channel.hpp"

#include "convert.hpp"
#include "environment.hpp"
#include "token_packet.hpp"

#include <algorithm>
#include <iterator>

namespace graffiti::addon {

std::shared_ptr<EventChannel> EventChannel::open(Napi::Env env, const Napi::Function & callback) {
    auto channel = std::make_shared<EventChannel>(env, callback);
    channel->function_.hold(env, false);
    return channel;
}

EventChannel::EventChannel(Napi::Env env, const Napi::Function & callback) : function_(env, environment(env).functions, callback, "graffiti events") {}

namespace {

// On a machine whose cores all decode, every wake-up of the JavaScript thread takes a core from them. Tokens
// of a fast model travel together; nobody sees 25 ms.
constexpr std::chrono::milliseconds least_interval{25};

// The first token of a reply and its end never wait.
bool is_urgent(const Event & event) {
    const auto * token = std::get_if<TokenEvent>(&event);
    return token == nullptr || token->index == 0;
}

}  // namespace

void EventChannel::push(std::vector<Event> && events) {
    {
        const std::lock_guard lock(mutex_);
        const bool urgent = std::any_of(events.begin(), events.end(), is_urgent);
        std::move(events.begin(), events.end(), std::back_inserter(waiting_));
        const auto now = std::chrono::steady_clock::now();
        // What stays here goes with the next token or the end of the reply: one of them always comes.
        if (scheduled_ || (!urgent && now - last_call_ < least_interval)) {
            return;
        }
        scheduled_ = true;
        last_call_ = now;
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
    TokenPacket packet(env);
    Napi::Array finished = Napi::Array::New(env);
    for (const Event & event : events) {
        if (const auto * token = std::get_if<TokenEvent>(&event)) {
            packet.add(*token);
            continue;
        }
        finished.Set(finished.Length(), to_js(env, std::get<FinishEvent>(event)));
        if (--running_ == 0) {
            function_.hold(env, false);
        }
    }
    callback.Call({packet.figures(), packet.texts(), finished});
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
