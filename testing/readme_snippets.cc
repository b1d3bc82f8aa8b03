#include "testing/readme_snippets.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace phx::test {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << "cannot read " << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string WithoutSpace(std::string_view text) {
  std::string dense;
  std::copy_if(text.begin(), text.end(), std::back_inserter(dense),
               [](unsigned char c) { return std::isspace(c) == 0; });
  return dense;
}

}  // namespace

std::vector<std::string> SnippetsIn(std::string_view markdown) {
  std::vector<std::string> snippets;
  std::string paragraph;
  const auto end_paragraph = [&] {
    if (!paragraph.empty()) snippets.push_back(std::exchange(paragraph, {}));
  };
  bool is_inside = false;
  std::istringstream lines{std::string(markdown)};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      end_paragraph();
      is_inside = !is_inside && line == "```cpp";
    } else if (is_inside && WithoutSpace(line).empty()) {
      end_paragraph();
    } else if (is_inside) {
      paragraph += line + '\n';
    }
  }
  return snippets;
}

bool ContainsCode(std::string_view source, std::string_view snippet) {
  return WithoutSpace(source).find(WithoutSpace(snippet)) != std::string::npos;
}

void ExpectSnippetsIn(const std::string& readme, const std::string& source) {
  const std::string code = ReadFile(source);
  const std::vector<std::string> snippets = SnippetsIn(ReadFile(readme));
  EXPECT_FALSE(snippets.empty()) << readme << " has no C++";
  for (const std::string& snippet : snippets) {
    EXPECT_TRUE(ContainsCode(code, snippet))
        << "in " << readme << ", but not in " << source << ":\n"
        << snippet;
  }
}

}  // namespace phx::test
