from fastapi import FastAPI
from onnx_model import Model
from pydantic import BaseModel

app = FastAPI()
model = Model()


class Request(BaseModel):
    inputs: dict[str, list[list[float]]]


class Answer(BaseModel):
    outputs: dict[str, list[list[float]]]


# Not `async`: the model computes, and would hold up the event loop.
@app.post("/predict")
def predict(request: Request) -> Answer:
    return Answer(outputs=model.predict(request.inputs))
