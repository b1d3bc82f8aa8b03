#include "client/transport/http_request.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/wire/connection_info.h"

namespace phx {
namespace {

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), &IsTokenCharacter);
}

void AppendHeaders(const HttpHeaders& headers, std::string& text) {
  for (const auto& [name, value] : headers) absl::StrAppend(&text, name, ": ", value, "\r\n");
}

}  // namespace

bool IsTokenCharacter(char c) {
  const bool is_alphanumeric =
      (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return is_alphanumeric || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsFieldValue(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
}

bool IsSameHeader(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase(Absl(a), Absl(b));
}

absl::Status CheckHeaders(const HttpHeaders& headers, std::span<const std::string_view> reserved,
                          std::string_view owner) {
  for (const auto& [name, value] : headers) {
    if (!IsToken(name) || !IsFieldValue(value)) {
      return absl::InvalidArgumentError(
          absl::StrCat("header \"", IsToken(name) ? name : "", "\" cannot be sent: its ",
                       IsToken(name) ? "value" : "name", " has a character that is not allowed"));
    }
    const bool is_reserved =
        std::any_of(reserved.begin(), reserved.end(),
                    [&sent = name](std::string_view ours) { return IsSameHeader(sent, ours); });
    if (is_reserved) {
      return absl::InvalidArgumentError(
          absl::StrCat("header \"", name, "\" belongs to ", Absl(owner)));
    }
  }
  return absl::OkStatus();
}

std::string HttpRequestText(const HttpRequestLine& line, const HttpHeaders& own,
                            const HttpHeaders& headers, std::string_view body) {
  const bool has_host = std::any_of(headers.begin(), headers.end(), [](const auto& field) {
    return IsSameHeader(field.first, "Host");
  });
  std::string text = absl::StrCat(Absl(line.method), " ", Absl(line.target), " HTTP/1.1\r\n");
  if (!has_host) absl::StrAppend(&text, "Host: ", Absl(line.host), "\r\n");
  AppendHeaders(own, text);
  AppendHeaders(headers, text);
  absl::StrAppend(&text, "\r\n", Absl(body));
  return text;
}

}  // namespace phx
