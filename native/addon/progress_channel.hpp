// Reports a fraction from a worker thread to a JavaScript callback, at most once per per cent.
#pragma once

#include "environment.hpp"

#include <napi.h>

#include <atomic>
#include <memory>

namespace graffiti::addon {

class ProgressChannel {
  public:
    ProgressChannel(Napi::Env env, const Napi::Function & callback) : ending_(environment(env).ending), function_(env, environment(env).functions, callback, "graffiti progress") {}

    void abort() { aborted_ = true; }

    // Worker thread. False when the work should end.
    bool report(float fraction) {
        const int percent = static_cast<int>(fraction * 100.0F);
        if (percent > last_percent_) {
            last_percent_ = percent;
            function_.call([percent](Napi::Env env, Napi::Function callback) { callback.Call({Napi::Number::New(env, percent / 100.0)}); });
        }
        return !aborted_ && !*ending_;
    }

  private:
    std::shared_ptr<std::atomic<bool>> ending_;
    SafeFunction function_;
    std::atomic<bool> aborted_{false};
    int last_percent_ = -1;
};

// { promise, abort() } as work that can be given up is handed to JavaScript.
inline Napi::Object abortable(Napi::Env env, const Napi::Promise & promise, const std::shared_ptr<ProgressChannel> & channel) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("promise", promise);
    object.Set("abort", Napi::Function::New(env, [weak = std::weak_ptr(channel)](const Napi::CallbackInfo &) {
        if (const auto alive = weak.lock()) {
            alive->abort();
        }
    }));
    return object;
}

}  // namespace graffiti::addon
