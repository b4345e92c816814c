#include "model_handle.hpp"

#include "backend.hpp"
#include "calibration_file.hpp"
#include "convert.hpp"
#include "environment.hpp"
#include "error.hpp"
#include "measurements.hpp"
#include "progress_channel.hpp"
#include "promise_worker.hpp"
#include "spray_maker.hpp"

namespace graffiti::addon {

namespace {

// The type tag of a ModelHandle: a method called on anything else throws.
constexpr napi_type_tag model_tag = {0x6e657572616c2d67ULL, 0x72616666697469ULL};

}  // namespace

Napi::Function ModelHandle::define(Napi::Env env) {
    return DefineClass(env,
        "NativeModel",
        {
            InstanceMethod<&ModelHandle::describe>("describe"),
            InstanceMethod<&ModelHandle::tokenize>("tokenize"),
            InstanceMethod<&ModelHandle::detokenize>("detokenize"),
            InstanceMethod<&ModelHandle::render_chat>("renderChat"),
            InstanceMethod<&ModelHandle::render_tool_chat>("renderToolChat"),
            InstanceMethod<&ModelHandle::read_tool_reply>("readToolReply"),
            InstanceMethod<&ModelHandle::open_session>("openSession"),
            InstanceMethod<&ModelHandle::close_session>("closeSession"),
            InstanceMethod<&ModelHandle::calibrate>("calibrate"),
            InstanceMethod<&ModelHandle::compile_spray>("compileSpray"),
            InstanceMethod<&ModelHandle::set_spray>("setSpray"),
            InstanceMethod<&ModelHandle::set_strength>("setStrength"),
            InstanceMethod<&ModelHandle::prepare_sampler>("prepareSampler"),
            InstanceMethod<&ModelHandle::generate>("generate"),
            InstanceMethod<&ModelHandle::abort>("abort"),
            InstanceMethod<&ModelHandle::encode>("encode"),
            InstanceMethod<&ModelHandle::score>("score"),
            InstanceMethod<&ModelHandle::check_influence>("checkInfluence"),
            InstanceMethod<&ModelHandle::record_head>("recordHead"),
            InstanceMethod<&ModelHandle::fit_key_space>("fitKeySpace"),
            InstanceMethod<&ModelHandle::make_keys>("makeKeys"),
            InstanceMethod<&ModelHandle::make_head_memory>("makeHeadMemory"),
            InstanceMethod<&ModelHandle::govern_head_memory>("governHeadMemory"),
            InstanceMethod<&ModelHandle::make_row_head>("makeRowHead"),
            InstanceMethod<&ModelHandle::train_row_head>("trainRowHead"),
            InstanceMethod<&ModelHandle::set_night>("setNight"),
            InstanceMethod<&ModelHandle::extract_engram>("extractEngram"),
            InstanceMethod<&ModelHandle::record_layers>("recordLayers"),
            InstanceMethod<&ModelHandle::read_weight>("readWeight"),
            InstanceMethod<&ModelHandle::teach>("teach"),
            InstanceMethod<&ModelHandle::load_adapter>("loadAdapter"),
            InstanceMethod<&ModelHandle::set_adapter>("setAdapter"),
            InstanceMethod<&ModelHandle::dispose>("dispose"),
        });
}

ModelHandle::ModelHandle(const Napi::CallbackInfo & info) : Napi::ObjectWrap<ModelHandle>(info) {
    info.This().As<Napi::Object>().TypeTag(&model_tag);
    environment(info.Env()).open_handles.insert(this);
}

ModelHandle::~ModelHandle() {
    shut_down();
    environment(Env()).open_handles.erase(this);
}

void ModelHandle::adopt(std::shared_ptr<Loaded> loaded) {
    loaded_ = std::move(loaded);
}

void ModelHandle::shut_down() {
    if (loaded_) {
        loaded_->engine->stop();
        loaded_->channel->close();
        loaded_.reset();
    }
}

Loaded & ModelHandle::require_open(Napi::Env env) {
    if (!Value().CheckTypeTag(&model_tag) || !loaded_) {
        throw make_error(env, "ERR_DISPOSED", "The model is disposed");
    }
    return *loaded_;
}

Napi::Value ModelHandle::describe(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    const Model & model = *loaded.model;
    Napi::Object object = Napi::Object::New(info.Env());
    object.Set("path", model.path());
    object.Set("name", model.name());
    object.Set("architecture", model.architecture());
    object.Set("fingerprint", model.fingerprint());
    object.Set("device", model.device());
    object.Set("parameters", static_cast<double>(llama_model_n_params(model.handle())));
    object.Set("bytes", static_cast<double>(llama_model_size(model.handle())));
    object.Set("width", static_cast<double>(model.head().width()));
    object.Set("layers", llama_model_n_layer(model.handle()));
    object.Set("vocabulary", static_cast<double>(model.head().vocabulary()));
    object.Set("trainedContext", llama_model_n_ctx_train(model.handle()));
    object.Set("contextSize", loaded.engine->options().context_tokens);
    object.Set("sessions", loaded.engine->options().sequences);
    object.Set("threads", loaded.engine->options().threads);
    object.Set("norm", model.head().norm() == Norm::rms ? "rms" : "layer");
    object.Set("hiddenState", model.head().hidden_name());
    object.Set("quantisation", llama_ftype_name(llama_model_ftype(model.handle())));
    object.Set("chatTemplate", loaded.chat->source());
    std::vector<llama_token> ends;
    for (llama_token token = 0; token < llama_vocab_n_tokens(model.vocabulary()); ++token) {
        if (model.is_end(token)) {
            ends.push_back(token);
        }
    }
    object.Set("endTokens", to_js(info.Env(), ends));
    object.Set("licence", model.metadata("general.license"));
    return object;
}

Napi::Value ModelHandle::tokenize(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    return guarded(info.Env(),
        [&]() -> Napi::Value { return to_js(info.Env(), loaded.model->tokenize(info[0].As<Napi::String>(), info[1].As<Napi::Boolean>(), info[2].As<Napi::Boolean>())); });
}

Napi::Value ModelHandle::detokenize(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    return guarded(info.Env(), [&]() -> Napi::Value {
        std::string text;
        for (const llama_token token : tokens(info[0].As<Napi::Int32Array>())) {
            text += loaded.model->piece(token, info[1].As<Napi::Boolean>());
        }
        return Napi::String::New(info.Env(), text);
    });
}

// renderChat(messages, addGenerationPrompt, knownText, knownTokens) → {text, tokens}: tokens of a prefix
// that was tokenised or generated before are taken as they were.
Napi::Value ModelHandle::render_chat(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    return guarded(info.Env(), [&]() -> Napi::Value {
        const RenderedChat rendered = loaded.chat->render(chat_messages(info[0].As<Napi::Array>()), info[1].As<Napi::Boolean>());
        const std::vector<llama_token> all = loaded.chat->tokenize(*loaded.model, rendered, {info[2].As<Napi::String>(), tokens(info[3].As<Napi::Int32Array>())});
        Napi::Object object = Napi::Object::New(info.Env());
        object.Set("text", rendered.text);
        object.Set("tokens", to_js(info.Env(), all));
        return object;
    });
}

Napi::Value ModelHandle::open_session(const Napi::CallbackInfo & info) {
    return Napi::Number::New(info.Env(), require_open(info.Env()).engine->open_session());
}

Napi::Value ModelHandle::close_session(const Napi::CallbackInfo & info) {
    if (loaded_) {
        const uint32_t session = info[0].As<Napi::Number>();
        loaded_->engine->close_session(session);
        loaded_->sprays.erase(session);
    }
    return info.Env().Undefined();
}

// calibrate(cachePath, onProgress) → {promise: Promise<{cached: boolean}>, abort}
Napi::Value ModelHandle::calibrate(const Napi::CallbackInfo & info) {
    Loaded & loaded = require_open(info.Env());
    auto channel = std::make_shared<ProgressChannel>(info.Env(), info[1].As<Napi::Function>());
    struct Measured {
        std::shared_ptr<const Calibration> calibration;
        bool cached;
    };
    const auto promise = PromiseWorker<Measured>::start(
        info.Env(),
        [shared = loaded_, path = info[0].As<Napi::String>().Utf8Value(), channel, threads = loaded.engine->options().threads]() -> Measured {
            if (!path.empty()) {
                if (auto kept = CalibrationFile::read(path, *shared->model, *shared->chat)) {
                    return {std::move(kept), true};
                }
            }
            auto measured = Calibration::measure(*shared->model, *shared->chat, threads, [&](float fraction) { return channel->report(fraction); });
            if (!path.empty()) {
                CalibrationFile::write(path, *measured);
            }
            return {std::move(measured), false};
        },
        [shared = loaded_](Napi::Env env, Measured & measured) -> Napi::Value {
            shared->calibration = std::move(measured.calibration);
            Napi::Object object = Napi::Object::New(env);
            object.Set("cached", measured.cached);
            return object;
        });
    return abortable(info.Env(), promise, channel);
}

// compileSpray(request) → Promise<spray | null>, null when there is nothing to spray
Napi::Value ModelHandle::compile_spray(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    if (!loaded.calibration) {
        throw make_error(info.Env(), "ERR_NATIVE", "The model is not calibrated");
    }
    return guarded(info.Env(), [&]() -> Napi::Value {
        return PromiseWorker<std::shared_ptr<const Spray>>::start(
            info.Env(),
            [shared = loaded_, calibration = loaded.calibration, request = spray_request(info[0].As<Napi::Object>())]() {
                return make_spray(*shared->model, *calibration, request, 1);
            },
            [](Napi::Env env, std::shared_ptr<const Spray> & spray) { return spray ? to_js(env, spray) : env.Null(); });
    });
}

// setSpray(session, spray | null)
Napi::Value ModelHandle::set_spray(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    const uint32_t session = info[0].As<Napi::Number>();
    return guarded(info.Env(), [&]() -> Napi::Value {
        std::shared_ptr<const Spray> compiled = spray(info.Env(), info[1]);
        loaded.engine->set_spray(session, compiled);
        if (compiled) {
            loaded_->sprays[session] = std::move(compiled);
        } else {
            loaded_->sprays.erase(session);
        }
        return info.Env().Undefined();
    });
}

Napi::Value ModelHandle::set_strength(const Napi::CallbackInfo & info) {
    require_open(info.Env()).engine->set_strength(info[0].As<Napi::Number>(), info[1].As<Napi::Number>());
    return info.Env().Undefined();
}

// prepareSampler(sampling) → Promise<sampler>, for one reply: a grammar takes up to 0.2 s to build
Napi::Value ModelHandle::prepare_sampler(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    return PromiseWorker<std::shared_ptr<PreparedSampler>>::start(
        info.Env(),
        [model = loaded.model, options = sampling_options(info[0].As<Napi::Object>())] {
            return std::make_shared<PreparedSampler>(PreparedSampler{model, std::make_shared<Sampler>(*model, options)});
        },
        [](Napi::Env env, std::shared_ptr<PreparedSampler> & sampler) { return to_js(env, sampler); });
}

// generate(request) → its number. `sampler`: of prepareSampler, or null
Napi::Value ModelHandle::generate(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    return guarded(info.Env(), [&]() -> Napi::Value {
        const auto options = info[0].As<Napi::Object>();
        GenerateRequest wanted = generate_request(options);
        if (const auto prepared = prepared_sampler(info.Env(), options.Get("sampler"))) {
            if (prepared->model != loaded.model || !prepared->sampler) {
                throw Error("ERR_NATIVE", "The sampler is another model's, or has been used");
            }
            wanted.sampler = std::move(prepared->sampler);
        }
        const uint64_t request = loaded.engine->generate(std::move(wanted));
        loaded.channel->request_started(info.Env());
        return Napi::Number::New(info.Env(), static_cast<double>(request));
    });
}

Napi::Value ModelHandle::abort(const Napi::CallbackInfo & info) {
    if (loaded_) {
        loaded_->engine->abort(static_cast<uint64_t>(info[0].As<Napi::Number>().Int64Value()));
    }
    return info.Env().Undefined();
}

// encode(text, writer) → Promise<{spray, key}>
Napi::Value ModelHandle::encode(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    if (!loaded.calibration) {
        throw make_error(info.Env(), "ERR_NATIVE", "The model is not calibrated");
    }
    return guarded(info.Env(), [&]() -> Napi::Value {
        return PromiseWorker<EncodedText>::start(
            info.Env(),
            [shared = loaded_, calibration = loaded.calibration, text = info[0].As<Napi::String>().Utf8Value(), kind = writer(info[1].As<Napi::String>())] {
                return encode_text(*shared->engine, *shared->chat, *calibration, kind, text);
            },
            [](Napi::Env env, EncodedText & encoded) { return to_js(env, encoded); });
    });
}

// score(tokens, first, session, strength, night | null, adapter | null) → Promise<{base, sprayed, kl, final}> under the session's
// spray
Napi::Value ModelHandle::score(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    const auto found = loaded.sprays.find(info[2].As<Napi::Number>());
    return PromiseWorker<Scores>::start(
        info.Env(),
        [shared = loaded_,
            words = tokens(info[0].As<Napi::Int32Array>()),
            first = static_cast<size_t>(info[1].As<Napi::Number>().Int64Value()),
            spray = found == loaded.sprays.end() ? nullptr : found->second,
            strength = info[3].As<Napi::Number>().FloatValue(),
            learned = night(info.Env(), info[4]),
            adapted = adapter(info.Env(), info[5])] { return score_tokens(*shared->engine, words, first, spray, strength, learned.get(), adapted); },
        [](Napi::Env env, Scores & scores) { return to_js(env, scores); });
}

// checkInfluence(tokens, session, strength) → Promise<{maxError, meanError, klError, meanKl, tokens}>
Napi::Value ModelHandle::check_influence(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    const auto found = loaded.sprays.find(info[1].As<Napi::Number>());
    if (found == loaded.sprays.end() || !found->second) {
        throw make_error(info.Env(), "ERR_NATIVE", "The session has no spray to check");
    }
    return PromiseWorker<InfluenceErrors>::start(
        info.Env(),
        [shared = loaded_, words = tokens(info[0].As<Napi::Int32Array>()), spray = found->second, strength = info[2].As<Napi::Number>().FloatValue()] {
            return graffiti::check_influence(*shared->engine, words, spray, strength);
        },
        [](Napi::Env env, InfluenceErrors & errors) { return to_js(env, errors); });
}

// dispose() → Promise<void>; the second call resolves at once.
Napi::Value ModelHandle::dispose(const Napi::CallbackInfo & info) {
    if (!loaded_) {
        const auto deferred = Napi::Promise::Deferred::New(info.Env());
        deferred.Resolve(info.Env().Undefined());
        return deferred.Promise();
    }
    const std::shared_ptr<Loaded> loaded = std::move(loaded_);
    loaded_.reset();
    environment(info.Env()).closing.insert(loaded);
    return PromiseWorker<bool>::start(
        info.Env(),
        [loaded] {
            loaded->engine->stop();
            return true;
        },
        [loaded](Napi::Env env, bool &) -> Napi::Value {
            environment(env).closing.erase(loaded);
            loaded->channel->close();
            return env.Undefined();
        });
}

}  // namespace graffiti::addon
