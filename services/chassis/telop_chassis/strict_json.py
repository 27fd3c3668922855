"""`Json[Model]`: a request body that is read as strictly as an event.

FastAPI validates the Python objects that JSON became, where strictness would refuse every tuple and date, and laxness
would take "1" for a number. `Json` validates the JSON itself, strictly, and leaves the OpenAPI schema as it is.
"""

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import GetCoreSchemaHandler, TypeAdapter, ValidationError
from pydantic_core import CoreSchema, PydanticSerializationError, core_schema, to_json

from telop_chassis.problems import BadRequest, UnsupportedMediaType

T = TypeVar("T")


class _StrictJson:
    """Replaces the validation of a type by strict validation of its JSON."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        adapter: TypeAdapter[Any] = TypeAdapter(source)

        def validate(value: object, _handler: core_schema.ValidatorFunctionWrapHandler) -> object:
            if isinstance(value, bytes):
                raise UnsupportedMediaType("The body must be application/json")  # FastAPI parsed it if it was
            try:
                return adapter.validate_json(to_json(value, inf_nan_mode="constants"), strict=True)
            except ValidationError as error:
                raise RequestValidationError(
                    [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)]
                ) from None
            except (PydanticSerializationError, RecursionError):
                raise BadRequest("The body holds text that is not Unicode, or is nested too deeply") from None

        return core_schema.no_info_wrap_validator_function(validate, handler(source))


if TYPE_CHECKING:
    Json = Annotated[T, None]
else:

    class Json:
        """`Json[Model]` is `Model`, read strictly."""

        def __class_getitem__(cls, model: type) -> object:
            return Annotated[model, _StrictJson()]
