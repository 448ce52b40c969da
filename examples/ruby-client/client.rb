# A verification in the terminal: captcha, SMS, code, registration.
# The types are created from the schema at the start; see README.md.

require "base64"
require "graphql/client"
require "graphql/client/http"
require "openssl"

if ARGV.length != 2
  warn "usage: ruby client.rb http://127.0.0.1:4000/graphql 13700137000"
  exit 2
end

URL, MOBILE = ARGV
SCHEMA = GraphQL::Schema.from_definition(File.expand_path("../../schema.graphql", __dir__))
SERVICE = GraphQL::Client.new(schema: SCHEMA, execute: GraphQL::Client::HTTP.new(URL))
Operations = SERVICE.parse(File.read(File.expand_path("../operations.graphql", __dir__)))
Types = SERVICE.types

# Runs an operation and returns the member of its union.
def call(operation, variables = {})
  response = SERVICE.query(operation, variables: variables)
  abort response.errors.messages.values.join("\n") if response.errors.any?
  yield response.data
end

def ask(question)
  puts question
  $stdin.gets&.chomp || abort("no input")
end

# Every error of the schema is a UserError with a message.
def fail_with(outcome)
  puts outcome.message
  exit 1
end

def new_captcha
  case outcome = call(Operations::NewCaptcha, &:image_captcha)
  when Types::ImageCaptcha
    File.binwrite("captcha.png", outcome.image.delete_prefix("data:image/png;base64,").unpack1("m"))
    outcome
  when Types::UserError then fail_with outcome
  end
end

# Solves a captcha that needs no person: returns its id and its answer.
def solve_proof_of_work
  puts "Solving a proof of work instead."
  case task = call(Operations::NewProofOfWork, &:proof_of_work_captcha)
  when Types::ProofOfWorkCaptcha
    salt = Base64.urlsafe_decode64(task.salt)
    (0..task.largest_counter).each do |counter|
      key = OpenSSL::KDF.pbkdf2_hmac(task.id, salt: salt + [counter].pack("N"), iterations: task.iterations,
                                              length: 24, hash: "SHA256").unpack1("H*")
      return [task.id, key.delete_prefix(task.prefix)] if key.start_with?(task.prefix)
    end
    abort "no counter fits"
  when Types::UserError then fail_with task
  end
end

# Requests an SMS and returns the id of its delivery. Asks for another captcha after each wrong answer.
def request_code
  loop do
    captcha = new_captcha
    id = captcha.id
    # An empty answer: the image cannot be read.
    answer = ask "Saved captcha #{id} to captcha.png. Enter its characters:"
    id, answer = solve_proof_of_work if answer.empty?
    input = { mobile: MOBILE, captchaId: id, captchaAnswer: answer }
    case outcome = call(Operations::RequestSmsCode, { input: input }, &:request_sms_code)
    when Types::SmsCodeSent
      puts "sent #{outcome.code_length} digits to #{outcome.mobile}"
      return outcome.delivery_id
    when Types::CaptchaMismatchError
      puts outcome.message
    when Types::TooManyRequestsError
      puts "#{outcome.message} (#{outcome.scope}, #{outcome.retry_after_seconds} s)"
      exit 1
    when Types::UserError then fail_with outcome
    end
  end
end

# Exchanges the code for a token. Asks for another code after each wrong one.
def verify_mobile(delivery_id)
  loop do
    code = ask "Enter the code, or nothing to see what became of the SMS:"
    next print_delivery delivery_id if code.empty?

    input = { mobile: MOBILE, code: code }
    case outcome = call(Operations::VerifySmsCode, { input: input }, &:verify_sms_code)
    when Types::MobileVerified then return outcome.verification_token
    when Types::SmsCodeMismatchError
      puts "#{outcome.message} (#{outcome.attempts_remaining} left)"
    when Types::UserError then fail_with outcome
    end
  end
end

def print_delivery(id)
  case outcome = call(Operations::FindSmsDelivery, { id: id }, &:sms_delivery)
  when Types::SmsDelivery then puts outcome.status
  when Types::UserError then fail_with outcome
  end
end

def register(token)
  case outcome = call(Operations::RegisterUser, { input: { verificationToken: token } }, &:register_user)
  when Types::UserRegistered
    user = outcome.user
    puts "registered #{user.mobile} as #{user.id} at #{user.registered_at}"
  when Types::UserError then fail_with outcome
  end
end

$stdout.sync = true
register verify_mobile(request_code)
