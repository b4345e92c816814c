// The row head's part of ModelHandle: arrays in, arrays or an opaque handle out.
#include "convert.hpp"
#include "model_handle.hpp"
#include "progress_channel.hpp"
#include "promise_worker.hpp"
#include "row_trainer.hpp"

namespace graffiti::addon {

namespace {

RowRecords row_records(const Napi::Value & value) {
    const auto object = value.As<Napi::Object>();
    return {floats(object.Get("features")), tokens(object.Get("tokens").As<Napi::Int32Array>()), floats(object.Get("logprobs")), floats(object.Get("rests"))};
}

}  // namespace

// trainRowHead({told, ordinary, governing, limit}, onProgress) → {promise: Promise<{words, a, k, b, scale, before, after}>, abort}
Napi::Value ModelHandle::train_row_head(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    const auto options = info[0].As<Napi::Object>();
    RowTraining training;
    training.limit = options.Get("limit").As<Napi::Number>().DoubleValue();
    training.threads = loaded.engine->options().threads;
    auto channel = std::make_shared<ProgressChannel>(info.Env(), info[1].As<Napi::Function>());
    const auto promise = PromiseWorker<TrainedRows>::start(
        info.Env(),
        [shared = loaded_,
            channel,
            training,
            told = row_records(options.Get("told")),
            ordinary = row_records(options.Get("ordinary")),
            governing = row_records(options.Get("governing"))] {
            return train_rows(shared->model->head(), told, ordinary, governing, training, [&](float fraction) { return channel->report(fraction); });
        },
        [](Napi::Env env, TrainedRows & trained) -> Napi::Value {
            Napi::Object object = Napi::Object::New(env);
            object.Set("words", to_js(env, trained.values.words));
            object.Set("a", to_js(env, trained.values.a));
            object.Set("k", to_js(env, trained.values.k));
            object.Set("b", to_js(env, trained.values.b));
            object.Set("scale", trained.scale);
            object.Set("before", trained.anchor_before);
            object.Set("after", trained.anchor_after);
            return object;
        });
    return abortable(info.Env(), promise, channel);
}

// makeRowHead({words, a, k, b}) → handle
Napi::Value ModelHandle::make_row_head(const Napi::CallbackInfo & info) {
    require_open(info.Env());
    const auto values = info[0].As<Napi::Object>();
    return guarded(info.Env(), [&]() -> Napi::Value {
        RowHead rows({tokens(values.Get("words").As<Napi::Int32Array>()), floats(values.Get("a")), floats(values.Get("k")), floats(values.Get("b"))});
        return to_js(info.Env(), std::make_shared<Night>(std::move(rows)));
    });
}

}  // namespace graffiti::addon
