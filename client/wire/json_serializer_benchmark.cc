// What a text frame costs, against doing the same with a parser or a DOM. The argument is the size
// of the payload in bytes; the time is that of one message.
//
// At the end it prints how many times as long the others take.
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "client/wire/events.h"
#include "client/wire/json_serializer_v1.h"
#include "client/wire/json_serializer_v2.h"
#include "client/wire/message.h"
#include "client/wire/reply.h"
#include "nlohmann/json.hpp"
#include "simdjson.h"

namespace phx::wire {
namespace {

using nlohmann::json;

// An object of about `size` bytes: records with a few short fields each, as applications send.
std::string PayloadText(std::int64_t size) {
  std::string text = R"({"items":[)";
  for (int i = 0; static_cast<std::int64_t>(text.size()) + 40 < size; ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ",", R"({"id":)", i, R"(,"name":"item )", i, "\"}");
  }
  return text + R"(],"user":"alice"})";
}

std::string PushFrame(std::int64_t size) {
  return absl::StrCat(R"(["12",null,"room:lobby","new_msg",)", PayloadText(size), "]");
}

std::string ReplyFrame(std::int64_t size) {
  return absl::StrCat(R"(["12","3456","room:lobby","phx_reply",{"response":)", PayloadText(size),
                      R"(,"status":"ok"}])");
}

std::string V1Frame(std::int64_t size) {
  return absl::StrCat(R"({"event":"new_msg","payload":)", PayloadText(size),
                      R"(,"ref":null,"topic":"room:lobby"})");
}

void CountMessages(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void DecodeEnvelope(benchmark::State& state) {
  const std::string frame = PushFrame(state.range(0));
  const JsonSerializerV2 serializer;
  for (auto _ : state) {
    const auto message = serializer.Decode({FrameType::kText, frame});
    benchmark::DoNotOptimize(message->payload.text().data());
  }
  CountMessages(state);
}

void DecodeReply(benchmark::State& state) {
  const std::string frame = ReplyFrame(state.range(0));
  const JsonSerializerV2 serializer;
  for (auto _ : state) {
    const auto message = serializer.Decode({FrameType::kText, frame});
    const auto reply = ParseReply(*message);
    benchmark::DoNotOptimize(reply->response.text().data());
  }
  CountMessages(state);
}

void DecodeV1(benchmark::State& state) {
  const std::string frame = V1Frame(state.range(0));
  const JsonSerializerV1 serializer;
  for (auto _ : state) {
    const auto message = serializer.Decode({FrameType::kText, frame});
    benchmark::DoNotOptimize(message->payload.text().data());
  }
  CountMessages(state);
}

void DecodeNlohmann(benchmark::State& state) {
  const std::string frame = PushFrame(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(json::parse(frame));
  CountMessages(state);
}

// The envelope through simdjson's lazy parser, which still indexes the whole frame.
bool ReadOnDemand(simdjson::ondemand::parser& parser, const simdjson::padded_string& frame) {
  simdjson::ondemand::document document;
  simdjson::ondemand::array array;
  if (parser.iterate(frame).get(document) != simdjson::SUCCESS) return false;
  if (document.get_array().get(array) != simdjson::SUCCESS) return false;
  int index = 0;
  for (auto element : array) {
    std::string_view text;
    if (index == 4) {
      benchmark::DoNotOptimize(element.raw_json_token().get(text));
    } else if (!element.is_null()) {
      benchmark::DoNotOptimize(element.get_string().get(text));
    }
    ++index;
  }
  return index == 5;
}

void DecodeSimdjsonOnDemand(benchmark::State& state) {
  const simdjson::padded_string frame(PushFrame(state.range(0)));
  simdjson::ondemand::parser parser;
  for (auto _ : state) {
    if (!ReadOnDemand(parser, frame)) state.SkipWithError("not a message");
  }
  CountMessages(state);
}

void DecodeSimdjsonDom(benchmark::State& state) {
  const simdjson::padded_string frame(PushFrame(state.range(0)));
  simdjson::dom::parser parser;
  for (auto _ : state) {
    simdjson::dom::element element;
    benchmark::DoNotOptimize(parser.parse(frame).get(element));
  }
  CountMessages(state);
}

void EncodeText(benchmark::State& state) {
  const std::string payload = PayloadText(state.range(0));
  const JsonSerializerV2 serializer;
  std::string out;
  for (auto _ : state) {
    out.clear();
    const Message message{.join_ref = Text::Borrow("12"),
                          .ref = Text::Borrow("3456"),
                          .topic = Text::Borrow("room:lobby"),
                          .event = Text::Borrow("new_msg"),
                          .payload = Payload::JsonText(Text::Borrow(payload))};
    benchmark::DoNotOptimize(serializer.Encode(message, out));
  }
  CountMessages(state);
}

// With a payload that is a JSON value, which somebody has to write out.
void EncodeValue(benchmark::State& state) {
  const json payload = json::parse(PayloadText(state.range(0)));
  const JsonSerializerV2 serializer;
  std::string out;
  for (auto _ : state) {
    out.clear();
    const Message message{.join_ref = Text::Borrow("12"),
                          .ref = Text::Borrow("3456"),
                          .topic = Text::Borrow("room:lobby"),
                          .event = Text::Borrow("new_msg"),
                          .payload = Payload::Json(payload)};
    benchmark::DoNotOptimize(serializer.Encode(message, out));
  }
  CountMessages(state);
}

void EncodeNlohmann(benchmark::State& state) {
  const json payload = json::parse(PayloadText(state.range(0)));
  for (auto _ : state) {
    const json frame = {"12", "3456", "room:lobby", "new_msg", payload};
    benchmark::DoNotOptimize(frame.dump());
  }
  CountMessages(state);
}

void PayloadSizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(64)->Arg(1024)->Arg(16 * 1024);
}

BENCHMARK(DecodeEnvelope)->Apply(PayloadSizes);
BENCHMARK(DecodeReply)->Apply(PayloadSizes);
BENCHMARK(DecodeV1)->Apply(PayloadSizes);
BENCHMARK(DecodeSimdjsonOnDemand)->Apply(PayloadSizes);
BENCHMARK(DecodeSimdjsonDom)->Apply(PayloadSizes);
BENCHMARK(DecodeNlohmann)->Apply(PayloadSizes);
BENCHMARK(EncodeText)->Apply(PayloadSizes);
BENCHMARK(EncodeValue)->Apply(PayloadSizes);
BENCHMARK(EncodeNlohmann)->Apply(PayloadSizes);

// Prints what Google Benchmark prints, and then how the others compare.
class RatioReporter final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    benchmark::ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.run_type == Run::RT_Iteration && !run.error_occurred) {
        nanoseconds_[{run.run_name.function_name, run.run_name.args}] = run.GetAdjustedCPUTime();
      }
    }
  }

  void Finalize() override {
    for (const auto& [name, ns] : nanoseconds_) {
      const char* ours = name.first.starts_with("Decode") ? "DecodeEnvelope" : "EncodeText";
      const auto base = nanoseconds_.find({ours, name.second});
      if (name.first == ours || base == nanoseconds_.end()) continue;
      std::printf("%s/%s takes %.1f times as long as %s\n", name.first.c_str(), name.second.c_str(),
                  ns / base->second, ours);
    }
  }

 private:
  std::map<std::pair<std::string, std::string>, double> nanoseconds_;  // by function and argument
};

}  // namespace
}  // namespace phx::wire

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  phx::wire::RatioReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();
  return 0;
}
