// The one way work leaves the JavaScript thread: `run` on a pool thread, then `result` back here.
// Everything the work needs is copied into the closure before it is queued; it never sees JavaScript.
#pragma once

#include "error.hpp"

#include <napi.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace graffiti::addon {

// An Error object with the `code` the JavaScript side turns into a GraffitiError.
inline Napi::Error make_error(Napi::Env env, const std::string & code, const std::string & message) {
    Napi::Error error = Napi::Error::New(env, message);
    error.Value().Set("code", Napi::String::New(env, code));
    return error;
}

// Core errors become JavaScript errors with a code.
template <typename Work> Napi::Value guarded(Napi::Env env, const Work & work) {
    try {
        return work();
    } catch (const Error & error) {
        throw make_error(env, error.code(), error.what());
    } catch (const Napi::Error &) {
        throw;
    } catch (const std::exception & error) {
        throw make_error(env, "ERR_NATIVE", error.what());  // past here, it would end the process
    }
}

template <typename Result> class PromiseWorker : public Napi::AsyncWorker {
  public:
    using Run = std::function<Result()>;
    using Convert = std::function<Napi::Value(Napi::Env, Result &)>;

    // Cleans up on the JavaScript thread when the work failed.
    using Undo = std::function<void(Napi::Env)>;

    static Napi::Promise start(Napi::Env env, Run run, Convert convert, Undo undo = {}) {
        // It deletes itself when done.
        auto * worker = new PromiseWorker(env, std::move(run), std::move(convert), std::move(undo));  // NOLINT(cppcoreguidelines-owning-memory)
        worker->Queue();
        return worker->deferred_.Promise();
    }

  protected:
    void Execute() override {
        try {
            result_.emplace(run_());
        } catch (const Error & error) {
            code_ = error.code();
            SetError(error.what());
        } catch (const std::exception & error) {
            code_ = "ERR_NATIVE";
            SetError(error.what());
        }
    }
    void OnOK() override {
        const Napi::HandleScope scope(Env());
        deferred_.Resolve(convert_(Env(), *result_));
    }
    void OnError(const Napi::Error & error) override {
        const Napi::HandleScope scope(Env());
        if (undo_) {
            undo_(Env());
        }
        deferred_.Reject(make_error(Env(), code_, error.Message()).Value());
    }

  private:
    PromiseWorker(Napi::Env env, Run run, Convert convert, Undo undo)
        : Napi::AsyncWorker(env), deferred_(Napi::Promise::Deferred::New(env)), run_(std::move(run)), convert_(std::move(convert)), undo_(std::move(undo)) {}

    Napi::Promise::Deferred deferred_;
    Run run_;
    Convert convert_;
    Undo undo_;
    std::optional<Result> result_;
    std::string code_;
};

}  // namespace graffiti::addon
