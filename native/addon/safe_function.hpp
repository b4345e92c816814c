// A thread-safe function that any thread may go on using while the environment ends. Node frees such a
// function with its environment, whoever still holds it; from that moment on nothing gets through here.
#pragma once

#include <napi.h>

#include <memory>
#include <mutex>
#include <unordered_set>

namespace graffiti::addon {

class SafeFunction;

// The open functions of one environment.
class SafeFunctions {
  public:
    void close_all();

  private:
    friend class SafeFunction;
    std::mutex mutex_;
    std::unordered_set<SafeFunction *> open_;
};

class SafeFunction {
  public:
    SafeFunction(Napi::Env env, std::shared_ptr<SafeFunctions> registry, const Napi::Function & callback, const char * name)
        : registry_(std::move(registry)), function_(Napi::ThreadSafeFunction::New(env, callback, name, 0, 1)) {
        const std::lock_guard lock(registry_->mutex_);
        registry_->open_.insert(this);
    }
    ~SafeFunction() { close(); }
    SafeFunction(const SafeFunction &) = delete;
    SafeFunction & operator=(const SafeFunction &) = delete;

    // Any thread. `call(env, callback)` runs later on the JavaScript thread, or never.
    template <typename Call> void call(Call && call) {
        const std::lock_guard lock(registry_->mutex_);
        if (open()) {
            const napi_status status = function_.NonBlockingCall([call = std::forward<Call>(call)](Napi::Env env, Napi::Function callback) {
                if (env != nullptr && callback != nullptr) {
                    call(env, callback);
                }
            });
            if (status == napi_closing) {
                registry_->open_.erase(this);  // Node has counted this call as the release
            }
        }
    }

    // JavaScript thread: whether the function keeps the process alive.
    void hold(Napi::Env env, bool alive) {
        const std::lock_guard lock(registry_->mutex_);
        if (open()) {
            alive ? function_.Ref(env) : function_.Unref(env);
        }
    }

    // Any thread, any number of times.
    void close() {
        const std::lock_guard lock(registry_->mutex_);
        if (registry_->open_.erase(this) > 0) {
            function_.Release();
        }
    }

  private:
    friend class SafeFunctions;
    bool open() const { return registry_->open_.contains(const_cast<SafeFunction *>(this)); }

    std::shared_ptr<SafeFunctions> registry_;
    Napi::ThreadSafeFunction function_;
};

inline void SafeFunctions::close_all() {
    const std::lock_guard lock(mutex_);
    for (SafeFunction * function : open_) {
        function->function_.Release();
    }
    open_.clear();
}

}  // namespace graffiti::addon
