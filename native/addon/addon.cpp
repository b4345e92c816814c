// What the binary exports: load, devices. Everything else is a method of a loaded model.

#include "backend.hpp"
#include "convert.hpp"
#include "environment.hpp"
#include "error.hpp"
#include "model_handle.hpp"
#include "progress_channel.hpp"
#include "promise_worker.hpp"
#include "weights_file.hpp"

#include <llama.h>
#include <napi.h>

namespace graffiti::addon {

namespace {

// load(options, onProgress, onEvents) → {promise: Promise<NativeModel>, abort}
Napi::Value load(const Napi::CallbackInfo & info) {
    const auto options = info[0].As<Napi::Object>();
    auto progress = std::make_shared<ProgressChannel>(info.Env(), info[1].As<Napi::Function>());
    const auto events = EventChannel::open(info.Env(), info[2].As<Napi::Function>());
    // Closes the channel on the JavaScript thread when the load fails; kept open by the handle when not.
    const auto promise = PromiseWorker<std::shared_ptr<Loaded>>::start(
        info.Env(),
        [model_options = model_options(options),
            engine_options = engine_options(options),
            chat_template = options.Get("chatTemplate").As<Napi::String>().Utf8Value(),
            progress,
            events] {
            auto loaded = std::make_shared<Loaded>();
            const std::shared_ptr<Model> model = Model::load(model_options, [&](float fraction) { return progress->report(fraction); });
            loaded->model = model;
            loaded->chat = std::make_shared<ChatTemplate>(*model, chat_template);
            loaded->channel = events;
            if (!progress->report(1.0F)) {
                throw Error("ERR_ABORTED", "Loading '" + model_options.path + "' was aborted");
            }
            EngineOptions options = engine_options;
            if (options.context_tokens == 0) {
                constexpr int32_t default_context = 4096;
                options.context_tokens = static_cast<uint32_t>(std::min(llama_model_n_ctx_train(model->handle()), default_context));
            }
            loaded->engine = std::make_shared<Engine>(model, options, [events](std::vector<Event> && happened) { events->push(std::move(happened)); });
            return loaded;
        },
        [](Napi::Env env, std::shared_ptr<Loaded> & loaded) -> Napi::Value {
            const Napi::Object object = environment(env).model_constructor.New({});
            ModelHandle::Unwrap(object)->adopt(std::move(loaded));
            return object;
        },
        [events](Napi::Env) { events->close(); });
    return abortable(info.Env(), promise, progress);
}

Napi::Value devices(const Napi::CallbackInfo & info) {
    const std::vector<Device> found = list_devices();
    Napi::Array array = Napi::Array::New(info.Env(), found.size());
    for (uint32_t i = 0; i < found.size(); ++i) {
        Napi::Object device = Napi::Object::New(info.Env());
        device.Set("name", found[i].name);
        device.Set("description", found[i].description);
        device.Set("kind", found[i].kind);
        device.Set("memoryFree", static_cast<double>(found[i].memory_free));
        device.Set("memoryTotal", static_cast<double>(found[i].memory_total));
        array.Set(i, device);
    }
    return array;
}

// quantise(model, copy, 'q8_0' | 'q4_k_m', threads) → Promise<void>
Napi::Value quantise(const Napi::CallbackInfo & info) {
    return PromiseWorker<bool>::start(
        info.Env(),
        [model = info[0].As<Napi::String>().Utf8Value(),
            copy = info[1].As<Napi::String>().Utf8Value(),
            type = info[2].As<Napi::String>().Utf8Value(),
            threads = info[3].As<Napi::Number>().Int32Value()] {
            quantise_model(model, copy, type, threads);
            return true;
        },
        [](Napi::Env env, bool &) -> Napi::Value { return env.Undefined(); });
}

// Stops the engines of an environment that ends, and what is being loaded or measured in it.
void stop_everything(Environment & state) {
    *state.ending = true;
    for (ModelHandle * handle : state.open_handles) {
        handle->shut_down();
    }
    for (const auto & loaded : state.closing) {
        loaded->engine->stop();
    }
}

// shutDown(): at process.exit Node runs no cleanup hooks, but C++ destroys llama.cpp's static objects, so
// that a thread which is still decoding would crash. lib/native.ts calls this from process.on('exit').
Napi::Value shut_down(const Napi::CallbackInfo & info) {
    stop_everything(environment(info.Env()));
    return info.Env().Undefined();
}

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
    initialise_backend();
    auto * state = new Environment();  // NOLINT(cppcoreguidelines-owning-memory): owned by the environment from here
    env.SetInstanceData(state);
    state->model_constructor = Napi::Persistent(ModelHandle::define(env));
    env.AddCleanupHook([state] {
        stop_everything(*state);
        state->functions->close_all();  // work still on a pool thread ends after this, and must not call
    });
    exports.Set("load", Napi::Function::New(env, load));
    exports.Set("devices", Napi::Function::New(env, devices));
    exports.Set("quantise", Napi::Function::New(env, quantise));
    exports.Set("shutDown", Napi::Function::New(env, shut_down));
    exports.Set("llamaCpp", Napi::String::New(env, llama_version()));
    exports.Set("system", Napi::String::New(env, llama_print_system_info()));
    return exports;
}

NODE_API_MODULE(graffiti, initialise)

}  // namespace

}  // namespace graffiti::addon
