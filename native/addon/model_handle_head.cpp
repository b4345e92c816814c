// The head memory's part of ModelHandle: arrays in, arrays or an opaque handle out.
#include "convert.hpp"
#include "head_governor.hpp"
#include "measurements.hpp"
#include "model_handle.hpp"
#include "promise_worker.hpp"

namespace graffiti::addon {

namespace {

constexpr size_t key_components = 256;

}  // namespace

// recordHead(tokens, first, told) → Promise<{features, logprobs, rests}>
Napi::Value ModelHandle::record_head(const Napi::CallbackInfo & info) {
    require_open(info.Env());
    return PromiseWorker<HeadRecord>::start(
        info.Env(),
        [shared = loaded_,
            words = tokens(info[0].As<Napi::Int32Array>()),
            first = static_cast<size_t>(info[1].As<Napi::Number>().Int64Value()),
            told = tokens(info[2].As<Napi::Int32Array>())] { return graffiti::record_head(*shared->engine, words, first, told); },
        [](Napi::Env env, HeadRecord & record) {
            Napi::Object object = Napi::Object::New(env);
            object.Set("features", to_js(env, record.features));
            object.Set("logprobs", to_js(env, record.logprobs));
            object.Set("rests", to_js(env, record.rests));
            return object;
        });
}

// fitKeySpace(features) → Promise<Float32Array>
Napi::Value ModelHandle::fit_key_space(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    return PromiseWorker<std::vector<float>>::start(
        info.Env(),
        [features = floats(info[0]), width = 2 * static_cast<size_t>(loaded.model->head().width()), threads = loaded.engine->options().threads] {
            return KeySpace::fit(features, width, key_components, threads).values();
        },
        [](Napi::Env env, std::vector<float> & values) { return to_js(env, values); });
}

// makeKeys(space, features) → Promise<{keys, scales}>
Napi::Value ModelHandle::make_keys(const Napi::CallbackInfo & info) {
    require_open(info.Env());
    return PromiseWorker<HeadRows>::start(
        info.Env(),
        [space = floats(info[0]), features = floats(info[1])] {
            const KeySpace keys = KeySpace::from_values(space);
            std::vector<float> z(keys.components());
            HeadRows rows;
            for (size_t at = 0; at + keys.width() <= features.size(); at += keys.width()) {
                keys.project(std::span(features).subspan(at, keys.width()), z);
                rows.keys.resize(rows.keys.size() + z.size());
                rows.scales.push_back(quantise_key(z, std::span(rows.keys).last(z.size())));
            }
            return rows;
        },
        [](Napi::Env env, HeadRows & rows) {
            Napi::Object object = Napi::Object::New(env);
            Napi::Int8Array keys = Napi::Int8Array::New(env, rows.keys.size());
            std::copy(rows.keys.begin(), rows.keys.end(), keys.Data());
            object.Set("keys", keys);
            object.Set("scales", to_js(env, rows.scales));
            return object;
        });
}

// makeHeadMemory({space, keys, scales, tokens, sources, reach}) → Promise<handle>
Napi::Value ModelHandle::make_head_memory(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    const auto options = info[0].As<Napi::Object>();
    const auto keys = options.Get("keys").As<Napi::Int8Array>();
    const auto sources = options.Get("sources").As<Napi::Float64Array>();
    HeadRows rows;
    rows.keys.assign(keys.Data(), keys.Data() + keys.ElementLength());
    rows.scales = floats(options.Get("scales"));
    rows.tokens = tokens(options.Get("tokens").As<Napi::Int32Array>());
    rows.sources.assign(sources.Data(), sources.Data() + sources.ElementLength());
    return PromiseWorker<std::shared_ptr<Night>>::start(
        info.Env(),
        [space = floats(options.Get("space")),
            rows = std::move(rows),
            reach = options.Get("reach").As<Napi::Number>().FloatValue(),
            threads = loaded.engine->options().threads]() mutable { return std::make_shared<Night>(HeadMemory(KeySpace::from_values(space), std::move(rows), reach, threads)); },
        [](Napi::Env env, std::shared_ptr<Night> & made) { return to_js(env, made); });
}

// governHeadMemory(handle, features, tokens, logprobs, limit) → Promise<{reach, before, after}>. Sets the reach; for a
// memory that no session has yet.
Napi::Value ModelHandle::govern_head_memory(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    return PromiseWorker<GovernedReach>::start(
        info.Env(),
        [learned = night(info.Env(), info[0]),
            features = floats(info[1]),
            words = tokens(info[2].As<Napi::Int32Array>()),
            logprobs = floats(info[3]),
            limit = info[4].As<Napi::Number>().DoubleValue(),
            threads = loaded.engine->options().threads] {
            HeadMemory * const memory = learned ? learned->memory() : nullptr;
            if (memory == nullptr) {
                throw Error("ERR_NATIVE", "This is no head memory");
            }
            const GovernedReach reach = govern_reach(*memory, features, words, logprobs, limit, threads);
            memory->set_tau(reach.tau);
            return reach;
        },
        [](Napi::Env env, GovernedReach & reach) {
            Napi::Object object = Napi::Object::New(env);
            object.Set("reach", reach.tau);
            object.Set("before", reach.anchor_before);
            object.Set("after", reach.anchor_after);
            return object;
        });
}

// setNight(session, handle | null)
Napi::Value ModelHandle::set_night(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    return guarded(info.Env(), [&]() -> Napi::Value {
        loaded.engine->set_night(info[0].As<Napi::Number>(), night(info.Env(), info[1]));
        return info.Env().Undefined();
    });
}

}  // namespace graffiti::addon
